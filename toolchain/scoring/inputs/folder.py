"""Folders of pictures, and pictures that are named."""

import os
from collections.abc import Iterator
from pathlib import Path

from models.errors import UserError
from models.pictures import SUFFIXES
from toolchain.data.problems import Problems
from toolchain.scoring.reference import Reference

SUMMARY = "folders of pictures, and pictures"


def claims(place: Path) -> bool:
    """Return whether it is a folder, or is called like a picture."""
    return place.is_dir() or place.suffix.lower() in SUFFIXES


def references(place: Path, column: str, problems: Problems) -> Iterator[Reference]:  # noqa: ARG001
    """Yield the picture, or those of the folder and of the folders in it, sorted by name, without hidden ones.

    Memory holds the names of one folder at a time.

    Raises:
        UserError: there is no picture in it, or it cannot be read.
    """
    if not place.is_dir():
        yield _reference(place, place.stat().st_size)
        return
    empty = True
    for path, size in _walk(place):
        empty = False
        yield _reference(path, size)
    if empty:
        raise UserError(place, "no picture in this folder", f"Looked for {', '.join(sorted(SUFFIXES))}.")


def _reference(path: Path, size: int) -> Reference:
    return Reference(str(path), file=str(path.absolute()), stamp=size)


def _walk(folder: Path) -> Iterator[tuple[Path, int]]:
    try:
        with os.scandir(folder) as found:
            entries = sorted((entry for entry in found if not entry.name.startswith(".")), key=lambda one: one.name)
    except OSError as error:
        raise UserError(folder, f"cannot be read ({error.strerror})") from error
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        elif os.path.splitext(entry.name)[1].lower() in SUFFIXES:  # noqa: PTH122  a Path for each is slower
            yield Path(entry.path), _size(entry)


def _size(entry: "os.DirEntry[str]") -> int:
    try:
        return entry.stat().st_size
    except OSError:  # a link to nowhere, which is an unreadable picture
        return -1
