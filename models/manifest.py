"""The document at the heart of a bundle: plain numbers and strings that a C++ or Kotlin reader can use."""

import hashlib
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from models.document import Document
from models.spec import ClassifierSpec, Thresholds

Dtype = Literal["uint8", "float32", "float16"]


class Tensor(Document):
    """A network input or output.

    ``None`` in ``shape`` is a dimension that is free at run time: the batch, and a picture's height and width where the
    model resizes.
    """

    name: str
    dtype: Dtype
    shape: tuple[int | None, ...]


class FileEntry(Document):
    """A file of the bundle: its size in bytes and its digest."""

    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Parent(Document):
    """The original that an export was made from: its name, and the digest of its manifest."""

    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Calibration(Document):
    """What the activations' ranges were measured on, and how."""

    method: str
    pictures: int = Field(gt=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="digest over the pictures' own digests, sorted")


class RefittedCategory(Document):
    """What was done to one category's scores and thresholds, and what the calibration pictures said.

    The model's logit is ``slope * logit + intercept`` of what it would have been; 1 and 0 are the identity. The losses
    are mean Kullback-Leibler divergences from the original's scores on pictures held out of the fit, in nats, without
    and with the map; None where scores were not numbers.
    """

    slope: float = Field(default=1.0, gt=0)
    intercept: float = 0.0
    loss_before: float | None = Field(default=None, ge=0)
    loss_after: float | None = Field(default=None, ge=0)
    thresholds_before: Thresholds
    thresholds_after: Thresholds


class Refit(Document):
    """How scores and thresholds were fitted to the original's after quantization.

    The maps are in the model already, and ``thresholds_after`` in the spec: nothing is left for a client to do.
    """

    method: str
    pictures: int = Field(gt=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="digest as in calibration")
    categories: dict[str, RefittedCategory]

    @property
    def moves_scores(self) -> bool:
        """Whether a category's map is not the identity."""
        return any((one.slope, one.intercept) != (1, 0) for one in self.categories.values())


V1, V2 = "rct.bundle/1", "rct.bundle/2"


class Manifest(Document):
    """Everything that a program needs to know to run a bundle, and to know where it came from.

    ``inputs[0]`` is the picture batch, NHWC; ``outputs[0]`` the scores, float [batch, categories], in the order of
    ``spec.categories``. ``details`` holds what only one format has: opset, IR version, float layers. ``refit`` is what
    version 2 has and version 1 has not; by default the version follows from it.
    """

    schema_version: Literal["rct.bundle/1", "rct.bundle/2"] = "rct.bundle/1"
    name: str
    format: str
    recipe: str
    spec: ClassifierSpec
    model: str = Field(description="the model's file name, a key of files")
    inputs: tuple[Tensor, ...] = Field(min_length=1)
    outputs: tuple[Tensor, ...] = Field(min_length=1)
    files: dict[str, FileEntry]
    parent: Parent | None = None
    calibration: Calibration | None = None
    refit: Refit | None = None
    minimum_runtime: dict[str, str] = {}
    details: dict[str, int | float | str | bool | list[str]] = {}
    tools: dict[str, str] = Field(default={}, description="package name to version, of what made the bundle")

    @model_validator(mode="before")
    @classmethod
    def _version_that_has_it(cls, data: Any) -> Any:
        if isinstance(data, dict) and "schema_version" not in data:
            return {**data, "schema_version": V1 if data.get("refit") is None else V2}
        return data

    @model_validator(mode="after")
    def _version_fits(self) -> Self:
        if (self.schema_version == V2) != (self.refit is not None):
            raise ValueError(f"refit belongs to {V2}, and to no other version (got {self.schema_version})")
        return self

    @model_serializer(mode="wrap")
    def _without_what_its_version_lacks(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        document: dict[str, Any] = plain(self)
        return {key: value for key, value in document.items() if key != "refit" or value is not None}

    def to_json(self) -> str:
        """Return the manifest as it is written to disk; the same manifest is always the same text."""
        return self.model_dump_json(indent=2) + "\n"

    @property
    def sha256(self) -> str:
        """Digest of the manifest's text, and so, through ``files``, of the whole bundle."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's content, as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
