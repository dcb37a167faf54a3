"""NUS-WIDE: 269,648 pictures from Flickr with 81 concepts, most of them neither adult nor violent.

The inputs are the project's text files, or folders that hold them at any depth: ``NUS-WIDE-urls.txt``, the image lists
(``Imagelist.txt``, ``TrainImagelist.txt``, ``TestImagelist.txt``) and the ground truth (``Labels_<concept>.txt``,
``Labels_<concept>_Train.txt``, ``Labels_<concept>_Test.txt``). A line of the ground truth is about the picture on the
line of the same number in its list.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from models.document import Document
from models.errors import UserError
from toolchain.data.item import Item
from toolchain.data.problems import Problems
from toolchain.data.reading.names import Assignments, Names, nearest
from toolchain.data.sources.nus_wide.addresses import SIZES, Row, find_rows, read_row
from toolchain.data.sources.nus_wide.concepts import Concepts, read_concepts
from toolchain.data.sources.nus_wide.files import sort_files

SUMMARY = "NUS-WIDE's addresses and concepts"

UNCLEAN = ("military", "police", "protest", "fire", "tattoo", "swimmers", "beach", "surf")
"""Concepts whose pictures are not plainly normal: they may be violent or bare."""


class Settings(Document):
    """Which concepts mean what.

    Attributes:
        normal: the categories that a picture without any of the unclean concepts is a no for.
        unclean: the concepts that keep a picture from being normal.
        yes: concepts that show a category: violence=military,police
        size: the address that is tried first: large (about 1024 pixels), middle (500), small (240) or original.
        seed: of the order, because the list is sorted by subject; null to keep it.
    """

    normal: Names = ()
    unclean: Names = UNCLEAN
    yes: Assignments = Field(default_factory=dict)
    size: Literal["large", "middle", "small", "original"] = "middle"
    seed: int | None = 0


def read(inputs: Sequence[Path], settings: Settings, problems: Problems) -> Iterator[Item]:
    """Yield the pictures that say yes or no to a category, in an order that is drawn once and for all by the seed."""
    if not (settings.normal or settings.yes):
        raise UserError("nus-wide", "no category is asked for", "Give --set normal=adult,violence, say.")
    files = sort_files(inputs)
    needed = {
        *(settings.unclean if settings.normal else ()),
        *(name for names in settings.yes.values() for name in names),
    }
    for name in sorted(needed):
        if name not in files.concepts:
            advice = nearest(name, files.concepts) or f"Give Labels_{name}.txt."
            raise UserError("nus-wide", f"no ground truth of {name!r} among the inputs", advice)
    concepts = read_concepts(files, sorted(needed), problems)
    order = (settings.size, *(size for size in SIZES if size != settings.size))
    for place in find_rows(files.urls, settings.seed, problems):
        row = read_row(place, order)
        labels = _labels(row.name, concepts, settings)
        if labels is None:
            problems.add("not in the image lists", place.where)
        elif not row.urls:
            problems.add("no address", place.where)
        elif labels:
            yield _item(row, labels, concepts)


def _labels(name: str, concepts: Concepts, settings: Settings) -> dict[str, bool] | None:
    shown = concepts.of(name)
    if shown is None:
        return None
    clean = not any(one in shown for one in settings.unclean)
    labels = dict.fromkeys(settings.normal, False) if clean else {}
    for category, names in settings.yes.items():
        if any(one in shown for one in names):
            labels[category] = True
    return labels


def _item(row: Row, labels: dict[str, bool], concepts: Concepts) -> Item:
    return Item(
        key=row.name, urls=row.urls, labels=labels, group=f"photo {row.photo}", split=concepts.split_of(row.name)
    )
