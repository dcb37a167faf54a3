"""WebDataset shards: tar files of pictures."""

from collections.abc import Iterator
from pathlib import Path

from models.errors import UserError
from toolchain.data.problems import Problems
from toolchain.data.sources.webdataset import Settings, read
from toolchain.scoring.reference import Reference

SUMMARY = "WebDataset shards (.tar)"


def claims(place: Path) -> bool:
    """Return whether it is called like one."""
    return place.is_file() and place.suffix.lower() == ".tar"


def references(place: Path, column: str, problems: Problems) -> Iterator[Reference]:  # noqa: ARG001
    """Yield the picture of each sample, called ``SHARD/KEY``.

    Raises:
        UserError: it is no tar file, or has no picture.
    """
    stamp, empty = place.stat().st_size, True
    for item in read([place], Settings(), problems):
        if item.part is None:
            continue
        empty = False
        first, size = item.part
        yield Reference(item.key, file=str(place.absolute()), start=first, size=size, stamp=stamp)
    if empty:
        raise UserError(place, "no picture in this shard", "Pictures in it are known by their suffix.")
