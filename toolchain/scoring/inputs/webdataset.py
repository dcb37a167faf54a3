"""WebDataset shards: tar files of pictures."""

from collections.abc import Iterator
from pathlib import Path

from models.errors import UserError
from toolchain.data.problems import Problems
from toolchain.data.sources.webdataset import Settings, samples
from toolchain.scoring.reference import Reference

SUMMARY = "WebDataset shards (.tar)"


def claims(place: Path) -> bool:
    """Return whether it is called like one."""
    return place.is_file() and place.suffix.lower() == ".tar"


def references(place: Path, column: str, problems: Problems) -> Iterator[Reference]:  # noqa: ARG001
    """Yield the picture of each sample, called ``FILE#KEY``; a sample with none or with several is a row that says so.

    Raises:
        UserError: it is no tar file, or has no picture.
    """
    stamp, empty = place.stat().st_size, True
    for sample in samples(place, Settings(), problems):
        name, file = f"{place}#{sample.key}", str(place.absolute())
        if len(sample.pictures) == 1:
            ((first, size),) = sample.pictures
            yield Reference(name, file=file, start=first, size=size, stamp=stamp)
        else:
            problem = "a sample with more than one picture" if sample.pictures else "a sample without a picture"
            yield Reference(name, file=file, problem=problem, stamp=stamp)
        empty &= not sample.pictures
    if empty:
        raise UserError(place, "no picture in this shard", "Pictures in it are known by their suffix.")
