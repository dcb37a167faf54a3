"""Lists of addresses: text files with one per line, and CSV files with a column of them."""

from collections.abc import Iterator
from pathlib import Path

from models.errors import UserError
from toolchain.data.problems import Problems
from toolchain.data.reading.rows import read_columns, read_rows
from toolchain.data.reading.text import lines
from toolchain.scoring.reference import Reference

SUMMARY = "lists of addresses (.txt, .csv)"

DEFAULT_COLUMN = "url"


def claims(place: Path) -> bool:
    """Return whether it is called like one."""
    return place.is_file() and place.suffix.lower() in {".txt", ".csv"}


def references(place: Path, column: str, problems: Problems) -> Iterator[Reference]:
    """Yield each address as often as it is there; what is no address becomes a row that says so.

    In text files empty lines and those that begin with ``#`` say nothing.

    Raises:
        UserError: it is not text, there is no such column, or no address.
    """
    empty = True
    for url in _from_table(place, column, problems) if place.suffix.lower() == ".csv" else _from_lines(place, problems):
        empty = False
        yield Reference(url, url=url)
    if empty:
        raise UserError(place, "no address in it", "Write one per line.")


def _from_lines(place: Path, problems: Problems) -> Iterator[str]:
    return (line for _, line in lines(place, problems) if not line.startswith("#"))


def _from_table(place: Path, column: str, problems: Problems) -> Iterator[str]:
    known = read_columns(place)
    name = column or DEFAULT_COLUMN
    if name not in known:
        raise no_such_column(place, name, known)
    return (row[name] for _, row in read_rows(place, (name,), problems) if row[name])


def no_such_column(place: Path, name: str, known: tuple[str, ...]) -> UserError:
    """Return the error for a table without the column ``name``."""
    there = ", ".join(known)[:120]
    return UserError(place, f"no column {name!r} (got {there})", "Name the column of pictures with --column.")
