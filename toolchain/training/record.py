"""How a classifier was trained, beside it, so that another is trained likewise.

record = read_record("cartoon")                                    # of a classifier that we ship, or of a folder
record.recipe, record.seed, record.settings["members"]             # ("heads", 0, 8)
"""

import json
from typing import Literal

from pydantic import JsonValue, ValidationError

from models.classifier import find_original
from models.document import Document, first_problem
from models.errors import BundleError

RECORD_FILE = "training.json"


class TrainingRecord(Document):
    """What ``rct train`` was told, every setting of the recipe with it.

    ``backbone`` is a name, and where that was a bundle's folder, the bundle's own; ``settings`` by key.
    """

    schema_version: Literal["rct.training/1"] = "rct.training/1"
    recipe: str
    backbone: str
    seed: int
    settings: dict[str, JsonValue]

    @property
    def given(self) -> tuple[str, ...]:
        """The settings as ``--set`` takes them."""
        return tuple(f"{key}={json.dumps(value)}" for key, value in self.settings.items())

    def text(self) -> str:
        """Return the file's text."""
        return json.dumps(self.model_dump(mode="json"), indent=1) + "\n"


def read_record(classifier: str) -> TrainingRecord:
    """Return how a classifier was trained: one that we ship, by its name, or a Keras bundle's folder.

    Raises:
        UserError: there is no such classifier.
        BundleError: it doesn't say how it was trained, or not in this form.
    """
    bundle = find_original(classifier)
    if RECORD_FILE not in bundle.manifest.files:
        raise BundleError(
            bundle.path, f"doesn't say how it was trained (no {RECORD_FILE})", "Give --recipe and --set yourself."
        )
    path = bundle.path / RECORD_FILE
    try:
        return TrainingRecord.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise BundleError(path, first_problem(error), "Give --recipe and --set yourself.") from error
