"""contents.json: every file of a package with its size and digest; what a signature signs.

{"schema_version": "rct.package/1", "name": "open_nsfw-onnx-int8-cpp", "target": "cpp",
 "bundle": "<SHA-256 of model/manifest.json>", "files": {"README.md": {"bytes": 1234, "sha256": "…"}, …}}

``contents.json`` and ``contents.json.sig`` do not list themselves.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from models.document import Document
from models.manifest import FileEntry, Manifest, file_sha256

CONTENTS, SIGNATURE = "contents.json", "contents.json.sig"


class Contents(Document):
    """What is in a package. ``bundle``: digest of the text of the bundle's manifest."""

    schema_version: Literal["rct.package/1"] = "rct.package/1"
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$", max_length=200)
    target: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)
    bundle: str = Field(pattern=r"^[0-9a-f]{64}$")
    files: dict[str, FileEntry]

    def to_json(self) -> bytes:
        """Return the document as it is written and signed; the same package is always the same bytes."""
        return (self.model_dump_json(indent=2) + "\n").encode()


def contents_of(manifest: Manifest, target: str, files: Mapping[str, bytes | Path]) -> Contents:
    """Return the contents of the package of ``files`` (their bytes, or where they lie) by path."""
    entries = {path: _entry(files[path]) for path in sorted(files)}
    return Contents(name=package_name(manifest, target), target=target, bundle=manifest.sha256, files=entries)


def package_name(manifest: Manifest, target: str) -> str:
    """Return what a package of this bundle is called: its folder in the zip, and by default its folder on disk."""
    return f"{manifest.name}-{target}"


def _entry(file: bytes | Path) -> FileEntry:
    if isinstance(file, Path):
        return FileEntry(bytes=file.stat().st_size, sha256=file_sha256(file))
    return FileEntry(bytes=len(file), sha256=hashlib.sha256(file).hexdigest())
