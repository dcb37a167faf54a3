"""Keras files whose bytes depend on the model alone, not on when and where they were written."""

import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from models.errors import NetworkError


def save_keras(model: Any, path: Path) -> None:
    """Save a ``keras.Model`` as ``path`` (.keras); the same model under the same Keras gives the same bytes.

    Keras writes the time and the memory addresses of shared objects into its files; the one is left out, the others
    are numbered.
    """
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "model.keras"
        model.save(plain)
        with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
            for name in sorted(source.namelist()):
                content = source.read(name)
                if name.endswith(".json"):
                    document = json.loads(content)
                    document.pop("date_saved", None)
                    content = json.dumps(_numbered(document, {})).encode()
                target.writestr(zipfile.ZipInfo(name), content)


def read_keras(path: Path) -> Any:
    """Load a ``keras.Model``; code in the file (lambdas) is refused, not run.

    Raises:
        NetworkError: Keras cannot load the file.
    """
    import keras

    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, TypeError, OSError, KeyError) as error:
        reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
        raise NetworkError(path, f"Keras cannot load it ({reason})", "Save it again with Keras 3.") from error


def _numbered(node: Any, numbers: dict[int, int]) -> Any:
    if isinstance(node, list):
        return [_numbered(item, numbers) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: numbers.setdefault(value, len(numbers)) if key == "shared_object_id" else _numbered(value, numbers)
        for key, value in node.items()
    }
