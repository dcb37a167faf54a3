"""A dataset with everything that is known of its pictures: the entries of its ledger, or what its folders say.

collection = read_collection(Path("data/mine"))
collection.pictures                  # entries that have a picture
collection.path(entry)               # where it lies
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from models.errors import UserError
from toolchain.data.dataset import Example, read_dataset
from toolchain.data.labels import not_labelled
from toolchain.data.ledger import LEDGER_FILE, OK, Entry, read_ledger

FOLDER_SOURCE = "folder"


@dataclass(frozen=True)
class Collection:
    """``entries`` in their order, of ``folder``; ``has_ledger``: a ledger told of them, not the folders' names."""

    folder: Path
    entries: tuple[Entry, ...]
    has_ledger: bool

    @cached_property
    def pictures(self) -> tuple[Entry, ...]:
        """The entries that have a picture."""
        return tuple(entry for entry in self.entries if entry.status == OK)

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """Every category that a picture says yes or no to, sorted."""
        return tuple(sorted({name for entry in self.pictures for name in entry.labels}))

    def path(self, entry: Entry) -> Path:
        """Return where an entry's picture lies."""
        return self.folder / entry.file


def read_collection(place: Path, categories: Sequence[str] = ()) -> Collection:
    """Read the ledger at ``place`` (a folder that has one, or the ledger), or a plain folder of labelled pictures.

    In a plain folder each folder is a category, and a picture is a yes for its own and a no for the others: it lies in
    one and not in another. With ``categories`` the answers are those of ``read_dataset``: only these are categories,
    nothing is known of the others of them, and the pictures of other folders are a no for all. Of a ledger's labels
    those that are not among ``categories`` are left out.

    Raises:
        UserError: there is nothing there, a picture lies beside the labelled folders, or no picture is labelled with
            one of ``categories``.
    """
    if (place / LEDGER_FILE).is_file() or place.suffix == ".parquet":
        folder = place if place.is_dir() else place.parent
        entries = tuple(_with_labels(entry, categories) for entry in read_ledger(place))
        _check(place, entries, categories)
        return Collection(folder, entries, has_ledger=True)
    examples = read_dataset(place, categories or None).examples
    names = () if categories else sorted({name for example in examples for name in example.labels})
    return Collection(place, tuple(_of_example(place, one, names) for one in examples), has_ledger=False)


def host(entry: Entry) -> str:
    """Return the host that an entry's picture came from, "" for one of this machine."""
    try:
        return urlsplit(entry.url).hostname or ""
    except ValueError:
        return ""


def _with_labels(entry: Entry, categories: Sequence[str]) -> Entry:
    if not categories:
        return entry
    kept = {name: answer for name, answer in entry.labels.items() if name in categories}
    return Entry(**{**vars(entry), "labels": kept})


def _check(place: Path, entries: Sequence[Entry], categories: Sequence[str]) -> None:
    if not any(entry.status == OK for entry in entries):
        raise UserError(place, "a ledger without pictures", "Fetch again with rct data fetch --retry-failed.")
    labelled = {name for entry in entries for name in entry.labels}
    unknown = [name for name in categories if name not in labelled]
    if unknown:
        raise not_labelled(place, unknown[0], sorted(labelled))


def _of_example(place: Path, example: Example, names: Sequence[str]) -> Entry:
    file = example.path.relative_to(place).as_posix()
    labels = {**dict.fromkeys(names, False), **example.labels}
    return Entry(key=file, source=FOLDER_SOURCE, file=file, labels=labels, split=example.split)
