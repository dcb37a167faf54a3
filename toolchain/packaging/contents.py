"""contents.json: every file of a package with its size and digest; what a signature signs.

{"schema_version": "rct.package/1", "name": "open_nsfw-onnx-int8-cpp", "target": "cpp",
 "bundle": "<SHA-256 of model/manifest.json>", "files": {"README.md": {"bytes": 1234, "sha256": "…"}, …}}

``contents.json`` and ``contents.json.sig`` do not list themselves.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator

from models.bundle import MANIFEST
from models.document import Document, first_problem
from models.errors import BundleError
from models.manifest import FileEntry, Manifest, file_sha256
from toolchain.packaging.content import MODEL_FOLDER
from toolchain.packaging.paths import paths_problem

CONTENTS, SIGNATURE = "contents.json", "contents.json.sig"
MANIFEST_PATH = (MODEL_FOLDER / MANIFEST).as_posix()
MOST_FILES, MOST_BYTES = 10_000, 16 << 30


class Contents(Document):
    """What is in a package. ``bundle``: digest of ``model/manifest.json``."""

    schema_version: Literal["rct.package/1"] = "rct.package/1"
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$", max_length=200)
    target: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)
    bundle: str = Field(pattern=r"^[0-9a-f]{64}$")
    files: dict[str, FileEntry] = Field(min_length=1, max_length=MOST_FILES)

    @field_validator("files")
    @classmethod
    def _paths_are_safe(cls, files: dict[str, FileEntry]) -> dict[str, FileEntry]:
        if problem := paths_problem((*files, CONTENTS, SIGNATURE)):
            raise ValueError(problem)
        return files

    @property
    def size(self) -> int:
        """The bytes of all files together."""
        return sum(entry.bytes for entry in self.files.values())

    def to_json(self) -> bytes:
        """Return the document as it is written and signed; the same package is always the same bytes."""
        return (self.model_dump_json(indent=2) + "\n").encode()


def contents_of(manifest: Manifest, target: str, files: Mapping[str, bytes | Path]) -> Contents:
    """Return the contents of the package of ``files`` (their bytes, or where they lie) by path.

    Raises:
        BundleError: a file of the bundle has a name that not every system allows.
    """
    entries = {path: _entry(files[path]) for path in sorted(files)}
    bundle = entries[MANIFEST_PATH].sha256
    try:
        return Contents(name=package_name(manifest, target), target=target, bundle=bundle, files=entries)
    except ValidationError as error:
        raise BundleError(manifest.name, f"cannot be packaged: {first_problem(error)}") from error


def parse_contents(text: bytes, subject: Path) -> Contents:
    """Return the contents that ``text`` says; only the very text that ``to_json`` writes is taken.

    Raises:
        BundleError: it is not a contents.json, is one of a version that is not known, or has a path that is not safe.
    """
    try:
        contents = Contents.model_validate_json(text)
    except ValidationError as error:
        raise BundleError(f"{subject}: {CONTENTS}", first_problem(error), "Do not use the package.") from error
    if contents.to_json() != text:
        raise BundleError(f"{subject}: {CONTENTS}", "not as rct package writes it", "Do not use the package.")
    if contents.size > MOST_BYTES:
        raise BundleError(subject, f"too large (got {contents.size} bytes, of {MOST_BYTES})", "Do not use it.")
    return contents


def package_name(manifest: Manifest, target: str) -> str:
    """Return what a package of this bundle is called: its folder in the zip, and by default its folder on disk."""
    return f"{manifest.name}-{target}"


def _entry(file: bytes | Path) -> FileEntry:
    if isinstance(file, Path):
        return FileEntry(bytes=file.stat().st_size, sha256=file_sha256(file))
    return FileEntry(bytes=len(file), sha256=hashlib.sha256(file).hexdigest())
