"""Which column says what, and what its text means: shared by every source whose rows have names for their fields."""

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.document import Document
from models.errors import UserError
from toolchain.data.folders import answers, split_of
from toolchain.data.problems import Problems
from toolchain.data.reading.names import Names, nearest

_YES = {"1", "1.0", "true", "yes", "y"}
_NO = {"0", "0.0", "false", "no", "n"}
_UNKNOWN = {"", "-1", "-1.0", "nan", "null", "none", "unknown"}
_LABELS_KEPT = 1000


class Columns(Document):
    """Which column is what; one that has its default name may be missing.

    Attributes:
        label: the label of the picture.
        categories: the labels that are categories; any other is a no for all of them. Without any, each label is a
            category, and nothing is a no.
        yes_no: columns that are named like a category and say 1 or 0, yes or no, true or false, or nothing.
        group: what stays on one side of a split.
        split: train, val or test.
        licence: as the table has it.
        author: likewise.
        landing_page: likewise.
        md5: of the picture, in hexadecimal digits or base64.
        rotation: degrees counter-clockwise to turn it by.
        source: where the picture is from; models are judged from one to another.
    """

    label: str = "label"
    categories: Names = ()
    yes_no: Names = ()
    group: str = "group"
    split: str = "split"
    licence: str = "licence"
    author: str = "author"
    landing_page: str = "landing_page"
    md5: str = "md5"
    rotation: str = "rotation"
    source: str = "source"

    def columns(self) -> dict[str, str]:
        """Return what a column is used for, and its name, ``yes_no`` apart."""
        others = {"categories", "yes_no"}
        return {use: getattr(self, use) for use in type(self).model_fields if use not in others and getattr(self, use)}

    def asked_for(self) -> set[str]:
        """Return the columns that somebody named, which must be there."""
        given = {name for use, name in self.columns().items() if use in self.model_fields_set}
        return given | set(self.yes_no)


@dataclass
class LabelsSeen:
    """The labels that were met, to tell at the end that one was asked for in vain."""

    labels: set[str] = field(default_factory=set)

    def add(self, label: str) -> None:
        """Remember a label, the first thousand of them."""
        if label and len(self.labels) < _LABELS_KEPT:
            self.labels.add(label)

    def refuse_missing(self, subject: object, categories: Collection[str]) -> None:
        """Raise UserError if one of ``categories`` was the label of nothing; the message has the nearest."""
        for name in categories:
            if name not in self.labels and len(self.labels) < _LABELS_KEPT:
                known = sorted(self.labels)
                advice = nearest(name, known) or f"There is {', '.join(known[:10]) or 'no label at all'}."
                raise UserError(subject, f"nothing is labelled {name!r}", advice)


def said_of(row: Mapping[str, str], columns: Columns, where: str, problems: Problems) -> dict[str, Any]:
    """Return the fields of an ``Item`` that a row fills, by the names of ``columns``; what is no such thing is counted.

    Args:
        row: text by column.
        columns: which is what; a column that ``row`` does not have says nothing.
        where: the row's place.
        problems: where to count.
    """

    def of(use: str) -> str:
        return row.get(getattr(columns, use), "")

    label = of("label")
    labels = answers(label, columns.categories) if label else {}
    for name in columns.yes_no:
        text = row.get(name, "").lower()
        if text in _YES or text in _NO:
            labels[name] = text in _YES
        elif text not in _UNKNOWN:
            problems.add("neither yes nor no", where)
    split, md5 = split_of(of("split")), digest_of(of("md5"))
    if of("split") and not split:
        problems.add("neither train, val nor test", where)
    if of("md5") and not md5:
        problems.add("an MD5 that is none", where)
    rotation = rotation_of(of("rotation"))
    if rotation is None:
        problems.add("a rotation that is none", where)
    return {
        "labels": labels,
        "group": of("group"),
        "split": split,
        "md5": md5,
        "rotation": rotation or 0,
        "licence": of("licence"),
        "author": of("author"),
        "landing_page": of("landing_page"),
        "source": of("source"),
    }


def digest_of(text: str) -> str:
    """Return an MD5, in hexadecimal digits or in base64, as 32 hexadecimal digits; "" for anything else.

    >>> digest_of("KFukvivpCM5QXl5SqKe41g==")
    "285ba4be2be908ce505e5e52a8a7b8d6"
    """
    if re.fullmatch(r"[0-9a-fA-F]{32}", text):
        return text.lower()
    try:
        digest = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return digest.hex() if len(digest) == 16 else ""


def rotation_of(text: str) -> int | None:
    """Return the degrees counter-clockwise that a text says: 0 where it says nothing, None for what is none.

    >>> rotation_of("90.0"), rotation_of("nan"), rotation_of("45")
    (90, 0, None)
    """
    if text.lower() in {"", "nan"}:
        return 0
    try:
        degrees = float(text)
    except ValueError:
        return None
    return int(degrees) if degrees in {0, 90, 180, 270} else None
