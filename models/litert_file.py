"""What a .tflite file says of itself: the classifier that travels behind the model, for when it is on its own.

    about = describe_litert(Path("model.tflite"))     # name, recipe, labels, thresholds, preprocessing, licence, parent

rct appends a ZIP archive with ``classifier.json`` to every LiteRT model; others that follow TensorFlow Lite Metadata
append labels alone. Nothing is loaded or run.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

from models.errors import BundleError

CLASSIFIER_FILE = "classifier.json"
_IDENTIFIER = b"TFL3"


def is_litert(path: Path) -> bool:
    """Return whether the file begins as a LiteRT model does; a file that cannot be read does not."""
    try:
        with path.open("rb") as stream:
            return stream.read(8)[4:] == _IDENTIFIER
    except OSError:
        return False


def describe_litert(path: Path) -> dict[str, Any]:
    """Return the content of the file's ``classifier.json``.

    Raises:
        BundleError: the file carries none, or it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            about = json.loads(archive.read(CLASSIFIER_FILE))
    except (zipfile.BadZipFile, KeyError):
        raise BundleError(
            path, f"a LiteRT model without metadata (got no {CLASSIFIER_FILE})", "Name its bundle, or export it again."
        ) from None
    except OSError as error:
        raise BundleError(path, f"cannot be read ({error.strerror or error})") from error
    except (ValueError, RuntimeError, NotImplementedError) as error:
        raise BundleError(path, f"its metadata cannot be read ({error})", "Export it again.") from error
    if not isinstance(about, dict) or not isinstance(about.get("labels"), list):
        raise BundleError(
            path, f"its metadata is not a classifier's (no labels in {CLASSIFIER_FILE})", "Export it again."
        )
    return about
