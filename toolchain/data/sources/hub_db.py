"""The JSON Lines of hub-db, one picture of an adult site on a line; a parser, and nothing to fetch by it.

Names of users and what they wrote are dropped here: they are never kept, counted or shown.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from models.document import Document
from toolchain.data.item import Item
from toolchain.data.problems import Problems
from toolchain.data.reading.addresses import host_of
from toolchain.data.reading.names import Names, yes_and_no
from toolchain.data.reading.once import Once
from toolchain.data.reading.text import lines

SUMMARY = "hub-db's JSON Lines, split by album"

_SUFFIXES = (".jpg", ".gif")


class Settings(Document):
    """What is said of every picture, and which ones are meant.

    Attributes:
        yes: the categories that the pictures show.
        no: the categories that they do not show.
        segments: the segments to take; all of them by default.
        min_votes: votes that a picture must have.
    """

    yes: Names = ("adult",)
    no: Names = ()
    segments: Names = ()
    min_votes: int = 0


def read(inputs: Sequence[Path], settings: Settings, problems: Problems) -> Iterator[Item]:
    """Yield a picture for each line, with its album as the group; a line without an album is counted and left out."""
    labels = yes_and_no(settings.yes, settings.no)
    once = Once()
    for path in inputs:
        for where, line in lines(path, problems):
            row = _object(line)
            if row is None:
                problems.add("not a JSON object", where)
                continue
            if not _is_meant(row, settings):
                continue
            key, album, url = (_name(row.get(name)) for name in ("image_id", "album_id", "uri"))
            if not key:
                problems.add("no image_id", where)
            elif not album:
                problems.add("no album_id", where)
            elif not host_of(url):
                problems.add("no address", where)
            elif not urlsplit(url).path.lower().endswith(_SUFFIXES):
                problems.add("neither .jpg nor .gif", where)
            elif not once.first(key):
                problems.add("an image_id again", where)
            else:
                yield Item(key=key, urls=(url,), labels=labels, group=album)


def _object(line: str) -> Mapping[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _is_meant(row: Mapping[str, Any], settings: Settings) -> bool:
    if settings.segments and _name(row.get("segment")) not in settings.segments:
        return False
    votes = row.get("votes")
    return not settings.min_votes or (isinstance(votes, int | float) and votes >= settings.min_votes)


def _name(value: object) -> str:
    """Return an identifier, which may be a number, as text; "" for what is none."""
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
