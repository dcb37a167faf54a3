"""A bundle: a folder that is whole or is not there, and the only hand-over between the stages of rct.

bundle = Bundle.open(Path("exports/open_nsfw-onnx-fp32"))     # every digest checked
bundle.model                                                  # exports/open_nsfw-onnx-fp32/model.onnx

with writing(Path("exports/mine"), overwrite=True) as folder:  # a temporary sibling
    (folder / "model.onnx").write_bytes(content)
    seal(folder, name="mine", format="onnx", ...)              # digests and manifest.json, last
"""

import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from models.document import first_problem
from models.errors import BundleError, UserError
from models.exchange import exchange
from models.manifest import FileEntry, Manifest, file_sha256

MANIFEST = "manifest.json"
_SCRATCH = re.compile(r"^\..+\.(?P<role>partial|replaced)-(?P<process>[0-9]+)-[0-9a-f]{16}$")


@dataclass(frozen=True)
class Bundle:
    """A folder whose manifest was read and whose files were checked against it."""

    path: Path
    manifest: Manifest

    @property
    def model(self) -> Path:
        """The model file."""
        return self.path / self.manifest.model

    @property
    def model_bytes(self) -> int:
        """The size of the model file, and of the ``.bin`` beside it, which is where OpenVINO keeps the weights."""
        files, model = self.manifest.files, PurePosixPath(self.manifest.model)
        names = {model.as_posix(), model.with_suffix(".bin").as_posix()}
        return sum(entry.bytes for name, entry in files.items() if name in names)

    @classmethod
    def open(cls, path: Path) -> "Bundle":
        """Read the manifest and check the size and digest of every file that it names.

        Raises:
            BundleError: there is no manifest, it is not one of ours, a file is missing or altered, or a name leads
                out of the folder.
        """
        manifest = _read_manifest(path)
        for name, entry in manifest.files.items():
            _check_file(path, name, entry)
        return cls(path, manifest)


def _read_manifest(path: Path) -> Manifest:
    if not path.is_dir():
        raise BundleError(path, "no such bundle", "A bundle is a folder with a manifest.json; rct export makes one.")
    try:
        text = (path / MANIFEST).read_text("utf-8")
    except FileNotFoundError:
        raise BundleError(path, "not a bundle: it has no manifest.json", "rct export makes one.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BundleError(path / MANIFEST, f"cannot be read ({error})") from error
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        raise BundleError(path / MANIFEST, first_problem(error), "Export it again with this version of rct.") from error
    if manifest.model not in manifest.files:
        raise BundleError(path / MANIFEST, f"model is not among files (got {manifest.model!r})", "Export it again.")
    return manifest


def _check_file(folder: Path, name: str, entry: FileEntry) -> None:
    file = folder / name
    if not _is_inside(folder, name):
        raise BundleError(folder / MANIFEST, f"a file name leads out of the bundle (got {name!r})", "Do not use it.")
    try:
        if not file.is_file():
            raise BundleError(folder, f"a file is missing (got no {name})", "Export it again.")
        size = file.stat().st_size
        same = size == entry.bytes and file_sha256(file) == entry.sha256
    except OSError as error:
        raise BundleError(folder, f"a file cannot be read (got {name[:80]}: {error.strerror})") from error
    if not same:
        raise BundleError(file, f"not what the manifest says (got {size} bytes, another sha256)", "Export it again.")


def _is_inside(folder: Path, name: str) -> bool:
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or any(character in name for character in "\\:\0"):
        return False
    return Path(os.path.realpath(folder / name)).is_relative_to(os.path.realpath(folder))


def seal(folder: Path, **fields: Any) -> Manifest:
    """Write ``manifest.json`` for the files in ``folder``; ``fields`` are those of ``Manifest``, less ``files``."""
    files = {
        file.relative_to(folder).as_posix(): FileEntry(bytes=file.stat().st_size, sha256=file_sha256(file))
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file != folder / MANIFEST
    }
    manifest = Manifest(files=files, **fields)
    (folder / MANIFEST).write_text(manifest.to_json(), "utf-8")
    return manifest


@contextmanager
def writing(target: Path, *, overwrite: bool = False, kind: str = "bundle", mark: str = MANIFEST) -> Iterator[Path]:
    """Yield a temporary sibling of ``target`` that takes its place, whole, when the block ends without an error.

    Whatever is killed or fails on the way leaves ``target`` as it was; what a killed run left behind is cleared
    by the next one. ``kind`` is what messages call the folder, and ``mark`` the file that says that it is one.

    Raises:
        BundleError: the target exists and ``overwrite`` is off, or it is there and is not such a folder.
        UserError: the disk is full, or the folder cannot be written.
    """
    check_target(target, overwrite=overwrite, kind=kind, mark=mark)
    scratch = _sibling(target, "partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear_leftovers(target)
        scratch.mkdir()
        yield scratch
        _sync(scratch)
        _replace(scratch, target, overwrite=overwrite)
    except OSError as error:
        raise _cannot_write(target, error) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def check_target(target: Path, *, overwrite: bool, kind: str = "bundle", mark: str = MANIFEST) -> None:
    """Refuse a target that must not be written, before any work is done.

    Raises:
        BundleError: it exists and ``overwrite`` is off, or what is there has no file ``mark``, and so is no ``kind``.
    """
    if not target.exists() and not target.is_symlink():
        return
    if not overwrite:
        raise BundleError(target, "already exists", "Give --overwrite to replace it, or another --out.")
    if not (target / mark).is_file() or target.is_symlink():
        raise BundleError(target, f"exists and is not a {kind}, so it is not replaced", "Give another --out.")


def _clear_leftovers(target: Path) -> None:
    """Remove what killed runs left beside ``target``, and put a bundle back that was moved aside but not replaced."""
    for leftover in target.parent.glob(f".{target.name}.*"):
        match = _SCRATCH.match(leftover.name)
        if match is None or _is_running(int(match["process"])):
            continue
        if match["role"] == "replaced" and not target.exists():
            leftover.rename(target)
        else:
            shutil.rmtree(leftover, ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _sync(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _replace(scratch: Path, target: Path, *, overwrite: bool) -> None:
    if not (overwrite and target.exists()):
        scratch.rename(target)
    elif not exchange(scratch, target):
        # two renames: a kill between them leaves the old bundle aside, and the next export puts it back
        aside = _sibling(target, "replaced")
        target.rename(aside)
        scratch.rename(target)
        shutil.rmtree(aside, ignore_errors=True)


def _sibling(target: Path, role: str) -> Path:
    return target.with_name(f".{target.name}.{role}-{os.getpid()}-{secrets.token_hex(8)}")


def _cannot_write(target: Path, error: OSError) -> UserError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return UserError(target, "the disk is full", "Free some space; nothing was left behind.")
    return UserError(target, f"cannot be written ({error.strerror or error})", "Choose another --out.")
