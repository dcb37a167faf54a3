"""Which of the inputs is what, by their headings: the files of seven versions have as many names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import UserError
from toolchain.data.problems import Problems
from toolchain.data.reading.rows import read_columns

_KNOWN = "It reads images, labels, boxes, class descriptions and lists of hosted images."
_MID = re.compile(r"/[a-z]/\w+")
_HOSTED = re.compile(r"(train|validation|test|challenge2018)/[0-9a-f]{16}")
_SUFFIXES = (".csv", ".csv.gz", ".txt", ".txt.gz")


@dataclass(frozen=True)
class Files:
    """The inputs by kind, each in the order that it was given in.

    Attributes:
        images: what and where the images are: 11 columns in version 1, 12 since version 4.
        labels: labels of whole images, by machine or people.
        boxes: labels of parts of images.
        classes: the name of each MID, with a heading or without.
        hosted: which images lie in the bucket, ``train/f9e0434389a1d4dd`` on a line.
    """

    images: tuple[Path, ...]
    labels: tuple[Path, ...]
    boxes: tuple[Path, ...]
    classes: tuple[Path, ...]
    hosted: tuple[Path, ...]


def sort_files(inputs: Sequence[Path], problems: Problems) -> Files:
    """Return the inputs by kind; a folder stands for its text files, and others in it are counted.

    Raises:
        UserError: a file is of none of these kinds, or there are no images or no labels among them.
    """
    found: dict[str, list[Path]] = {kind: [] for kind in Files.__dataclass_fields__}
    for path, named in _files(inputs):
        try:
            found[_kind(path)].append(path)
        except UserError:
            if named:
                raise
            problems.add("a file of another kind", path.name)
    files = Files(**{kind: tuple(paths) for kind, paths in found.items()})
    if not files.images:
        raise UserError("open-images", "no images among the inputs", "Give the file that has ImageID and OriginalURL.")
    if not files.labels and not files.boxes:
        raise UserError("open-images", "no labels among the inputs", "Give a file of labels or of boxes.")
    return files


def _files(inputs: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    for place in inputs:
        if place.is_dir():
            yield from ((path, False) for path in sorted(place.iterdir()) if path.name.endswith(_SUFFIXES))
        else:
            yield place, True


def _kind(path: Path) -> str:
    columns = read_columns(path)
    if {"ImageID", "OriginalURL"} <= {*columns}:
        return "images"
    if {"ImageID", "LabelName", "XMin"} <= {*columns}:
        return "boxes"
    if {"ImageID", "LabelName", "Confidence", "Source"} <= {*columns}:
        return "labels"
    if len(columns) == 2 and (columns[0] == "LabelName" or _MID.fullmatch(columns[0])):
        return "classes"
    if len(columns) == 1 and _HOSTED.fullmatch(columns[0]):
        return "hosted"
    raise UserError(path, f"not a file of Open Images that is read here (got {', '.join(columns)[:120]})", _KNOWN)
