"""Columns of large CSV files, a megabyte at a time.

The largest file of labels has 164 million rows, so they are parsed and filtered by Arrow, and only the rows that are
wanted become Python's.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import UserError
from toolchain.data.problems import Problems
from toolchain.data.reading.rows import NOT_CSV, WRONG_FIELDS, read_columns
from toolchain.data.reading.text import open_bytes
from toolchain.data.sources.open_images.unclosed import Closed

if TYPE_CHECKING:
    import pyarrow as pa

_BLOCK = 1 << 20
_ANY_BYTES = "latin-1"  # Arrow cannot tell us of a wrong row that is not text, and in this encoding everything is


def wanted_rows(
    path: Path, columns: Sequence[str], wanted: Callable[["pa.RecordBatch"], Any], problems: Problems
) -> Iterator[tuple[bytes, ...]]:
    """Yield the given columns of the rows that ``wanted`` says yes to, as they are in the file.

    Args:
        path: the file; it has a heading, and no row has a line end in it.
        columns: those to yield, all of them in the heading.
        wanted: takes a batch of these columns, all binary, and returns a mask of its rows.
        problems: rows with another number of fields than the heading, or a quote that is not closed, are counted here.

    Raises:
        UserError: it cannot be read.
    """
    import pyarrow as pa
    from pyarrow import csv

    def passed_over(row: csv.InvalidRow) -> str:
        where = path.name if row.number is None else f"{path.name}:{row.number}"
        problems.add(NOT_CSV if row.text.isspace() else WRONG_FIELDS, where)
        return "skip"

    try:
        with open_bytes(path) as file:
            reader = csv.open_csv(
                Closed(file),
                csv.ReadOptions(
                    use_threads=False,
                    block_size=_BLOCK,
                    column_names=list(read_columns(path)),
                    skip_rows=1,
                    encoding=_ANY_BYTES,
                ),
                csv.ParseOptions(invalid_row_handler=passed_over),
                csv.ConvertOptions(
                    include_columns=list(columns), column_types=dict.fromkeys(columns, pa.binary()), check_utf8=False
                ),
            )
            for batch in reader:
                found = batch.filter(wanted(batch))
                yield from zip(*(map(_as_it_was, column.to_pylist()) for column in found.columns), strict=True)
    except pa.ArrowInvalid as error:
        if "Empty CSV" not in str(error):  # a heading and nothing else
            problem = f"cannot be read as CSV ({str(error).splitlines()[0][:120]})"
            raise UserError(path, problem, "Was it copied to its end?") from error


def _as_it_was(value: bytes) -> bytes:
    return value if value.isascii() else value.decode("utf-8").encode(_ANY_BYTES)


def among(column: "pa.Array", values: "pa.Array") -> "pa.Array":
    """Return the mask of the elements that are one of ``values``."""
    import pyarrow.compute as pc

    return pc.is_in(column, value_set=values)
