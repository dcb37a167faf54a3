"""Items that are on this machine already: a file, which stays where it is, or a part of an archive, which is copied."""

import stat
from dataclasses import replace
from pathlib import Path

from toolchain.data.fetching.outcome import Failed, Outcome
from toolchain.data.fetching.storing import Expected, examine, keep
from toolchain.data.item import Item


def settle_local(item: Item, folder: Path, spare: Path, max_bytes: int, expected: Expected) -> Outcome:
    """Return what became of ``item``, which has a file; its first address is where that came from once.

    Args:
        item: the item.
        folder: the dataset's.
        spare: a path in it that nobody uses, for a copy.
        max_bytes: of a picture.
        expected: what the picture is held to.

    Raises:
        OSError: a copy cannot be written.
    """
    url = item.urls[0] if item.urls else ""
    try:
        size = item.part[1] if item.part else _size(Path(item.file))
        if size > max_bytes:
            raise Failed("too many bytes", f"more than {max_bytes:,}")
        if item.part:
            found = _copied(item.part, Path(item.file), folder, spare, expected)
        else:
            found = _in_place(Path(item.file), folder, expected)
        return replace(found, url=url)
    except Failed as failed:
        return Outcome(failed.status, url, failed.detail)


def _size(path: Path) -> int:
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(error) from error
    if not stat.S_ISREG(found.st_mode):
        raise Failed("unreadable", "not a regular file")
    return found.st_size


def _in_place(path: Path, folder: Path, expected: Expected) -> Outcome:
    try:
        return replace(examine(path, expected), file=place_of(path, folder))
    except OSError as error:
        raise _unreadable(error) from error


def _copied(part: tuple[int, int], archive: Path, folder: Path, spare: Path, expected: Expected) -> Outcome:
    first, size = part
    try:
        with archive.open("rb") as file:
            file.seek(first)
            data = file.read(size)
    except OSError as error:
        raise _unreadable(error) from error
    if len(data) < size:
        raise Failed("truncated", "the archive ends before it")
    try:
        spare.write_bytes(data)
        found = examine(spare, expected)
        return replace(found, file=keep(spare, folder, found))
    finally:
        spare.unlink(missing_ok=True)


def _unreadable(error: OSError) -> Failed:
    return (
        Failed("no such file") if isinstance(error, FileNotFoundError) else Failed("unreadable", error.strerror or "")
    )


def place_of(path: Path, folder: Path) -> str:
    """Return how a ledger in ``folder`` names the file at ``path``: relative where it is below, absolute elsewhere."""
    whole = path.resolve()
    below = folder.resolve()
    return whole.relative_to(below).as_posix() if whole.is_relative_to(below) else whole.as_posix()
