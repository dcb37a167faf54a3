"""Addresses of pictures, one per line; what is behind a ``#`` at the start of a line is a remark."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from models.document import Document
from toolchain.data.item import Item
from toolchain.data.problems import Problems
from toolchain.data.reading.addresses import host_of
from toolchain.data.reading.names import Names, yes_and_no
from toolchain.data.reading.once import Once
from toolchain.data.reading.text import lines

SUMMARY = "text files of addresses, one per line"


class Settings(Document):
    """What is said of every picture.

    Attributes:
        yes: the categories that the pictures show.
        no: the categories that they do not show.
        group: what stays on one side of a split: nothing, a host, or what has the same address up to the last slash.
        split: "train", "val" or "test" for all.
        licence: of all.
    """

    yes: Names = ()
    no: Names = ()
    group: Literal["none", "host", "parent"] = "none"
    split: Literal["", "train", "val", "test"] = ""
    licence: str = ""


def read(inputs: Sequence[Path], settings: Settings, problems: Problems) -> Iterator[Item]:
    """Yield each address once, by the first line that has it."""
    labels = yes_and_no(settings.yes, settings.no)
    once = Once()
    for path in inputs:
        for where, url in lines(path, problems):
            if url.startswith("#"):
                continue
            if not host_of(url):
                problems.add("not an address that begins with http:// or https://", where)
                continue
            if not once.first(url):
                problems.add("an address again", where)
                continue
            yield Item(
                key=url,
                urls=(url,),
                labels=labels,
                group=_group(url, settings.group),
                split=settings.split,
                licence=settings.licence,
            )


def _group(url: str, by: str) -> str:
    match by:
        case "host":
            return host_of(url)
        case "parent":
            return url.partition("?")[0].rpartition("/")[0]
    return ""
