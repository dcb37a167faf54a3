"""Columns of a ledger whose values can be held out as a whole: a source, a package, a host, an author.

values_of(entries, "source")                   # ("open-images", "hub-db", None, …), None where nothing is said
"""

from collections.abc import Sequence
from pathlib import PurePath

from models.errors import UserError
from toolchain.data.collection import host
from toolchain.data.ledger import Entry
from toolchain.data.reading.names import unknown

COLUMNS = ("source", "group", "author", "licence", "host", "folder")
"""Of ``group`` only the part before the first "/" or ":" counts, as in ``rct evaluate``."""


def values_of(entries: Sequence[Entry], column: str) -> tuple[str | None, ...]:
    """Return what each entry has in ``column``, one of ``COLUMNS``.

    Raises:
        UserError: there is no such column, or fewer than two values are there, so that nothing can be held out.
    """
    if column not in COLUMNS:
        raise unknown("column to split by", column, COLUMNS)
    found = tuple(_value(entry, column) or None for entry in entries)
    values = sorted({value for value in found if value is not None})
    if len(values) < 2:
        known = f"only {values[0]!r}" if values else "nothing"
        raise UserError(f"--by {column}", f"the pictures have {known} there", f"Other columns: {', '.join(COLUMNS)}.")
    return found


def _value(entry: Entry, column: str) -> str:
    if column == "host":
        return host(entry)
    if column == "folder":
        return str(PurePath(entry.file).parent)
    if column == "group":
        return entry.group.partition("/")[0].partition(":")[0]
    return str(getattr(entry, column))
