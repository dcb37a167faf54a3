"""Datasets that were fetched before, joined into one; the pictures stay where they are.

Each row keeps the source that it was first from, so that a classifier can be judged from one source to another.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from models.document import Document
from toolchain.data.item import Item
from toolchain.data.ledger import OK, read_ledger
from toolchain.data.problems import Problems
from toolchain.data.reading.places import names_of

SUMMARY = "datasets with ledgers, joined into one"


class Settings(Document):
    """What is taken over.

    Attributes:
        splits: keep the splits that the datasets have.
    """

    splits: bool = True


def read(inputs: Sequence[Path], settings: Settings, problems: Problems) -> Iterator[Item]:  # noqa: ARG001
    """Yield the rows that have a picture, dataset by dataset.

    A row's MD5 is left out: it is of the original, and what was fetched may be a smaller copy of another address.
    """
    folders = [place if place.suffix != ".parquet" else place.parent for place in inputs]
    for place, folder, name in zip(inputs, folders, names_of(folders), strict=True):
        for entry in read_ledger(place):
            if entry.status != OK:
                continue
            yield Item(
                key=f"{name}/{entry.key}",
                urls=(entry.url,) if entry.url else (),
                file=str(folder / entry.file),
                labels=entry.labels,
                group=entry.group,
                rotation=entry.rotation,
                split=entry.split if settings.splits else "",
                licence=entry.licence,
                author=entry.author,
                landing_page=entry.landing_page,
                source=entry.source,
            )
