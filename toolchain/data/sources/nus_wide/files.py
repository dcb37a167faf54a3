"""NUS-WIDE's files by what they hold, known by their names, which the project's own tools go by, too."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import UserError

_URLS = re.compile(r"nus-?wide-?urls.*\.txt", re.IGNORECASE)
_LIST = re.compile(r"(train|test)?_?imagelist\.txt", re.IGNORECASE)
_LABELS = re.compile(r"labels_(?P<concept>.+?)(_(?P<part>train|test))?\.txt", re.IGNORECASE)


@dataclass(frozen=True)
class Files:
    """The inputs.

    Attributes:
        urls: the addresses.
        lists: the image lists by what they list: "" for all pictures, "train" or "test".
        labels: the ground truth by that and by concept.
    """

    urls: Path
    lists: Mapping[str, Path]
    labels: Mapping[str, Mapping[str, Path]]

    @property
    def concepts(self) -> list[str]:
        """The names of the concepts that there is any ground truth for, sorted."""
        return sorted({concept for part in self.labels.values() for concept in part})


def sort_files(inputs: Sequence[Path]) -> Files:
    """Return the inputs by kind; a folder stands for the text files in it and in its folders.

    Raises:
        UserError: there is no such file, a file is of none of these kinds, two are of the same, or a kind is missing.
    """
    urls: dict[str, Path] = {}
    lists: dict[str, Path] = {}
    labels: dict[str, dict[str, Path]] = {}
    for path, named in _files(inputs):
        if match := _URLS.fullmatch(path.name):
            _put(urls, "", path)
        elif match := _LIST.fullmatch(path.name):
            _put(lists, (match[1] or "").lower(), path)
        elif match := _LABELS.fullmatch(path.name):
            _put(labels.setdefault((match["part"] or "").lower(), {}), match["concept"].lower(), path)
        elif named:
            raise UserError(
                path,
                "not a file of NUS-WIDE that is read here",
                "It reads NUS-WIDE-urls.txt, Imagelist.txt and Labels_<concept>.txt.",
            )
    if not urls:
        raise UserError("nus-wide", "no NUS-WIDE-urls.txt among the inputs", "Name it, or the folder that it is in.")
    if not any(part in lists for part in labels):
        raise UserError(
            "nus-wide",
            "no image list with its ground truth",
            "Give Imagelist.txt and Labels_<concept>.txt, or a folder.",
        )
    return Files(urls[""], lists, labels)


def _files(inputs: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    for place in inputs:
        if place.is_dir():
            yield from ((path, False) for path in sorted(place.rglob("*.txt")))
        elif place.is_file():
            yield place, True
        else:
            raise UserError(place, "no such file or folder", "Name the files of NUS-WIDE, or their folder.")


def _put(found: dict[str, Path], key: str, path: Path) -> None:
    if key in found:
        raise UserError(path, f"the same file as {found[key]}", "Give one of them.")
    found[key] = path
