"""Pictures on this machine in folders that say what they are: ``<label>/…`` or ``<split>/<label>/…``."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from models.document import Document
from models.errors import UserError
from models.pictures import find_pictures
from toolchain.data.folders import answers, label_and_split
from toolchain.data.item import Item
from toolchain.data.problems import Problems
from toolchain.data.reading.fields import LabelsSeen
from toolchain.data.reading.names import Names
from toolchain.data.reading.places import names_of

SUMMARY = "folders of pictures, <label>/… or <split>/<label>/…"


class Settings(Document):
    """What the folders mean.

    Attributes:
        categories: the labels that are categories; a folder of any other name is a no for all of them. Without any,
            each folder's name is a category, and nothing is a no.
        licence: of all.
        author: of all.
    """

    categories: Names = ()
    licence: str = ""
    author: str = ""


def read(inputs: Sequence[Path], settings: Settings, problems: Problems) -> Iterator[Item]:
    """Yield the pictures of each folder, sorted; what lies outside of the labelled folders is counted."""
    names = names_of(inputs)
    seen = LabelsSeen()
    for place, name in zip(inputs, names, strict=True):
        if not place.is_dir():
            raise UserError(place, "no such folder", "Name a folder of labelled folders.")
        for path in find_pictures([place]):
            inside = path.relative_to(place)
            label, split = label_and_split(inside)
            if not label:
                problems.add("beside the labelled folders", str(path))
                continue
            seen.add(label)
            yield Item(
                key=inside.as_posix() if len(names) == 1 else f"{name}/{inside.as_posix()}",
                file=str(path),
                labels=answers(label, settings.categories),
                split=split,
                licence=settings.licence,
                author=settings.author,
            )
    seen.refuse_missing("--set categories", settings.categories)
