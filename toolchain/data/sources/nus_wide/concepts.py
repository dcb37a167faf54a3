"""Which concepts a picture shows: the image lists and the ground truth, joined by line number."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import UserError
from toolchain.data.problems import Problems
from toolchain.data.reading.text import open_bytes
from toolchain.data.sources.nus_wide.files import Files

_TRAIN, _TEST = 1, 2
_SPLIT_BITS = {"": 0, "train": _TRAIN, "test": _TEST}


@dataclass(frozen=True)
class Concepts:
    """The concepts of each picture.

    Attributes:
        names: the concepts that were asked for; the n-th is bit n + 2 of a picture.
        bits: by picture ("actor/0001_2124494179.jpg"); bits 0 and 1 say that it is in the list of training or test.
    """

    names: tuple[str, ...]
    bits: Mapping[str, int]

    def of(self, picture: str) -> set[str] | None:
        """Return the concepts that a picture shows, None where no list has it."""
        bits = self.bits.get(picture)
        if bits is None:
            return None
        return {name for number, name in enumerate(self.names, 2) if bits >> number & 1}

    def split_of(self, picture: str) -> str:
        """Return "train" or "test", "" for a picture that is in neither list or in both."""
        return {_TRAIN: "train", _TEST: "test"}.get(self.bits.get(picture, 0) & (_TRAIN | _TEST), "")


def read_concepts(files: Files, names: Sequence[str], problems: Problems) -> Concepts:
    """Read the lists, and for each the ground truth of the concepts ``names``.

    The lists of all pictures and of a part are read, too, where there is no ground truth for them: they say which
    split a picture is in. Pictures that some concept is not known of are left out and counted.

    Raises:
        UserError: a list and a ground truth have another number of lines, or a line is neither 0 nor 1.
    """
    known: dict[str, int] = {}
    bits: dict[str, int] = {}
    for part, path in files.lists.items():
        truths = files.labels.get(part, {})
        marks = [(1 << number, read_truth(truths[name])) for number, name in enumerate(names, 2) if name in truths]
        pictures = list(_pictures(path))
        for mark, truth in marks:
            if len(truth) != len(pictures):
                raise UserError(
                    path,
                    f"not as many pictures as the ground truth has lines (got {len(pictures)}, {len(truth)})",
                    "Take both from one archive.",
                )
            for picture, shown in zip(pictures, truth, strict=True):
                known[picture] = known.get(picture, 0) | mark
                if shown:
                    bits[picture] = bits.get(picture, 0) | mark
        for picture in pictures:
            bits[picture] = bits.get(picture, 0) | _SPLIT_BITS[part]
    whole = sum(1 << number for number, _ in enumerate(names, 2))
    unknown = [picture for picture in bits if known.get(picture, 0) != whole]
    for picture in unknown:
        problems.add("a picture that not every concept is known of", picture)
        del bits[picture]
    return Concepts(tuple(names), bits)


def read_truth(path: Path) -> bytes:
    """Return a ground truth as bytes of 0 and 1, one for each line.

    Raises:
        UserError: a line is neither.
    """
    with open_bytes(path) as file:
        found = file.read().split()
    for number, line in enumerate(found, 1):
        if line not in {b"0", b"1"}:
            problem = f"neither 0 nor 1 (got {line[:40].decode('utf-8', 'replace')!r})"
            raise UserError(f"{path}:{number}", problem, "Is it a Labels_<concept>.txt of the ground truth?")
    return bytes(line == b"1" for line in found)


def picture_name(path: str) -> str:
    r"""Return folder and file of a picture, however the list writes it.

    >>> picture_name(r"C:\ImageData\Flickr\actor\0001_2124494179.jpg")
    "actor/0001_2124494179.jpg"
    """
    return "/".join(path.replace("\\", "/").split("/")[-2:])


def _pictures(path: Path) -> Iterator[str]:
    with open_bytes(path) as file:
        for line in file:
            text = line.strip()
            if text:
                yield picture_name(text.decode("utf-8", "backslashreplace"))
