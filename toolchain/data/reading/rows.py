"""Tables with a heading: CSV with commas, semicolons or tabulators, and Parquet.

columns = read_columns(path)                              # ("url", "label")
for where, row in read_rows(path, ("url",), problems):    # "table.csv:2", {"url": "https://…"}
    ...
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from models.errors import UserError
from toolchain.data.problems import Problems
from toolchain.data.reading.records import records
from toolchain.data.reading.text import NOT_UTF8, is_utf8, open_text

if TYPE_CHECKING:
    import pyarrow.parquet as pq

WRONG_FIELDS = "wrong number of fields"
NOT_CSV = "not CSV"

_DELIMITERS = ",;\t"
_ROWS_AT_ONCE = 4096


def read_columns(path: Path) -> tuple[str, ...]:
    """Return the names of the columns.

    Raises:
        UserError: there is no such file, it is no table, or two columns have one name.
    """
    if is_parquet(path):
        with _open_parquet(path) as file:
            columns = tuple(file.schema_arrow.names)
    else:
        with open_text(path) as text:
            columns = _heading(path, text)[0]
    twice = [name for name in columns if name and columns.count(name) > 1]
    if twice:
        raise UserError(path, f"two columns are named {twice[0]}", "Rename one.")
    return columns


def read_rows(path: Path, columns: Sequence[str], problems: Problems) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield these columns of each row as text, without white space around it, and where it stands.

    Rows with too few or too many fields, rows that are not UTF-8, and lines with a quote too many are counted and left
    out; nulls are "".

    Raises:
        UserError: as ``read_columns``, or a column holds lists or the like.
    """
    return _parquet_rows(path, columns) if is_parquet(path) else _csv_rows(path, columns, problems)


def is_parquet(path: Path) -> bool:
    """Return whether the file begins as a Parquet file does."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _heading(path: Path, text: TextIO) -> tuple[tuple[str, ...], str]:
    line = text.readline()
    if not is_utf8(line):
        raise UserError(path, "its heading is not UTF-8", "Save it as UTF-8.")
    delimiter = max(_DELIMITERS, key=line.count)
    try:
        (names,) = csv.reader([line], delimiter=delimiter)
    except (csv.Error, ValueError) as error:
        raise UserError(
            path, f"its first line is no heading (got {line.strip()[:60]!r})", "Write the names of the columns there."
        ) from error
    return tuple(name.strip() for name in names), delimiter


def _csv_rows(path: Path, columns: Sequence[str], problems: Problems) -> Iterator[tuple[str, dict[str, str]]]:
    with open_text(path) as text:
        names, delimiter = _heading(path, text)
        places = [names.index(name) for name in columns]
        for number, row in records(text, delimiter, len(names), 2):
            where = f"{path.name}:{number}"
            if row is None:
                problems.add(NOT_CSV, where)
            elif len(row) != len(names):
                problems.add(WRONG_FIELDS, where)
            elif not all(is_utf8(row[place]) for place in places):
                problems.add(NOT_UTF8, where)
            else:
                yield where, {name: row[place].strip() for name, place in zip(columns, places, strict=True)}


def _parquet_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    import pyarrow as pa

    with _open_parquet(path) as file:
        for name in columns:
            kind = file.schema_arrow.field(name).type
            if pa.types.is_nested(kind):
                problem = f"the column {name} holds more than one value a row (got {kind})"
                raise UserError(path, problem, "Name a column of single values, or take that one apart.")
        number = 0
        try:
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=list(columns)):
                for row in batch.to_pylist():
                    number += 1
                    yield f"{path.name}:{number}", {name: _text(row[name]) for name in columns}
        except (pa.ArrowException, OSError) as error:
            raise _damaged(path, error) from error


def _open_parquet(path: Path) -> "pq.ParquetFile":
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> UserError:
    return UserError(path, f"a damaged Parquet file ({str(error).splitlines()[0][:120]})", "Get it again.")


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case bytes():
            return value.decode("utf-8", "replace").strip()
    return str(value).strip()
