"""A set of labelled pictures on this machine, from wherever it was put together.

    dataset = read_dataset(Path("data/mine"), ("adult", "cartoon"))
    dataset.truth(("adult", "cartoon"))                # int8 [n, 2]: 1 yes, 0 no, -1 not known
    dataset.of_split("val")

Two things are read: a folder with a ledger (or the ledger itself), and a plain folder of pictures, ``<label>/…`` or
``<split>/<label>/…``, as Keras reads it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import UserError
from models.pictures import find_pictures
from toolchain.data.folders import answers, label_and_split
from toolchain.data.labels import not_labelled
from toolchain.data.ledger import LEDGER_FILE, OK, Entry, read_ledger

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPLITS = ("train", "val", "test")
YES, NO, UNKNOWN = 1, 0, -1


@dataclass(frozen=True)
class Example:
    """One picture and what is known of it; the fields are those of ``toolchain.data.ledger.Entry``."""

    path: Path
    labels: Mapping[str, bool] = field(default_factory=dict)
    group: str = ""
    split: str = ""
    source: str = ""
    licence: str = ""
    rotation: int = 0


@dataclass(frozen=True)
class Dataset:
    """Pictures in their order, and the place that they were read from."""

    place: Path
    examples: tuple[Example, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Every category that a picture says yes or no to, sorted."""
        return tuple(sorted({label for example in self.examples for label in example.labels}))

    def truth(self, categories: Sequence[str]) -> "NDArray[np.int8]":
        """Return int8 [n, categories]: 1 for yes, 0 for no, -1 where it is not known."""
        import numpy as np

        answers = [
            [UNKNOWN if name not in example.labels else int(example.labels[name]) for name in categories]
            for example in self.examples
        ]
        return np.array(answers, np.int8).reshape(len(self.examples), len(categories))

    def of_split(self, split: str) -> "Dataset":
        """Return the pictures of this split, in their order."""
        return Dataset(self.place, tuple(example for example in self.examples if example.split == split))


def read_dataset(place: Path, categories: Sequence[str] | None = None) -> Dataset:
    """Read the dataset at ``place``: a folder with a ledger, a ledger, or a plain folder of pictures.

    In a plain folder a picture is a yes for the category that its folder is named like, if that is one of
    ``categories`` (of the others nothing is known), and a no for all of them in a folder of any other name
    ("normal", "photo"); each of ``categories`` must have a folder, or a slip of the pen would make every picture a no.
    Without ``categories`` each folder's name is a category that its pictures say yes to. Rows of
    a ledger without a picture are left out.

    Raises:
        UserError: there is nothing there, a picture lies beside the labelled folders, or no picture is labelled with
            one of ``categories``, positive or negative; the message offers the nearest label and lists them all.
    """
    if (place / LEDGER_FILE).is_file() or place.suffix == ".parquet":
        folder = place if place.is_dir() else place.parent
        examples = tuple(_of_entry(folder, entry) for entry in read_ledger(place) if entry.status == OK)
    else:
        examples = _in_folders(place, categories)
    dataset = Dataset(place, examples)
    if not examples:
        raise UserError(place, "a dataset without pictures", "Look at its ledger with rct data audit.")
    _check(place, categories, dataset.labels)
    return dataset


def _check(place: Path, categories: Sequence[str] | None, known: Sequence[str]) -> None:
    for name in categories or ():
        if name not in known:
            raise not_labelled(place, name, known)


def _of_entry(folder: Path, entry: Entry) -> Example:
    return Example(
        folder / entry.file, entry.labels, entry.group, entry.split, entry.source, entry.licence, entry.rotation
    )


def _in_folders(place: Path, categories: Sequence[str] | None) -> tuple[Example, ...]:
    if not place.is_dir():
        raise UserError(place, "no such folder or ledger", "Give a folder of pictures, or one that has a ledger.")
    found = [(path, *_label_and_split(place, path)) for path in find_pictures([place])]
    if found:
        _check(place, categories, sorted({label for _, label, _ in found}))
    return tuple(Example(path, answers(label, categories), split=split) for path, label, split in found)


def _label_and_split(place: Path, path: Path) -> tuple[str, str]:
    label, split = label_and_split(path.relative_to(place))
    if not label:
        raise UserError(path, "a picture beside the labelled folders", "Move it into one of them.")
    return label, split
