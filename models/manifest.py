"""The document at the heart of a bundle: plain numbers and strings that a C++ or Kotlin reader can use."""

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import Field

from models.document import Document
from models.spec import ClassifierSpec

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


class Manifest(Document):
    """Everything that a program needs to know to run a bundle, and to know where it came from.

    ``inputs[0]`` is the picture batch, NHWC; ``outputs[0]`` the scores, float [batch, categories], in the order of
    ``spec.categories``. ``details`` holds what only one format has: opset, IR version, float layers.
    """

    schema_version: Literal["rct.bundle/1"] = "rct.bundle/1"
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
    minimum_runtime: dict[str, str] = {}
    details: dict[str, int | float | str | bool | list[str]] = {}
    tools: dict[str, str] = Field(default={}, description="package name to version, of what made the bundle")

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
