"""Parquet files with a column of addresses, of paths, or of encoded pictures."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import UserError
from toolchain.data.problems import Problems
from toolchain.data.reading.addresses import host_of
from toolchain.scoring.inputs.url_list import no_such_column
from toolchain.scoring.reference import Reference

if TYPE_CHECKING:
    import pyarrow.parquet as pq

SUMMARY = "Parquet files of addresses, paths or encoded pictures (.parquet)"

DEFAULT_COLUMNS = ("image", "picture", "bytes", "url", "file", "path")
"""What the column of pictures is called where nobody says, best first."""

_ROWS_AT_ONCE = 4096


def claims(place: Path) -> bool:
    """Return whether it is called like one."""
    return place.is_file() and place.suffix.lower() == ".parquet"


def references(place: Path, column: str, problems: Problems) -> Iterator[Reference]:  # noqa: ARG001
    """Yield a reference for each row.

    Bytes, and structs that have a field ``bytes``, are encoded pictures; the row is then called ``FILE#ROW``, from 1
    on. Text is an address, or a path relative to the table. A null is a row without a picture.

    Raises:
        UserError: it is damaged or has no rows, there is no such column, or the column is neither bytes nor text.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    stamp = place.stat().st_size
    try:
        with pq.ParquetFile(place) as table:
            name = _column(place, table, column)
            if not table.metadata.num_rows:
                raise UserError(place, "a table without rows")
            if _holds_bytes(place, table.schema_arrow.field(name)):
                for row in range(table.metadata.num_rows):
                    yield Reference(
                        f"{place}#{row + 1}", file=str(place.absolute()), start=row, column=name, stamp=stamp
                    )
                return
            row = 0
            for batch in table.iter_batches(_ROWS_AT_ONCE, columns=[name]):
                for value in batch.column(0).to_pylist():
                    row += 1
                    yield _named(place, row, value)
    except (pa.ArrowException, OSError) as error:
        raise UserError(
            place, f"a damaged Parquet file ({str(error).splitlines()[0][:120]})", "Get it again."
        ) from error


def _column(place: Path, table: "pq.ParquetFile", asked: str) -> str:
    known = tuple(table.schema_arrow.names)
    if asked:
        if asked not in known:
            raise no_such_column(place, asked, known)
        return asked
    found = next((name for name in DEFAULT_COLUMNS if name in known), None)
    if found is None:
        there = ", ".join(known)[:120]
        raise UserError(
            place, f"no column of pictures (got {there})", f"Name it with --column, or one of {_list(DEFAULT_COLUMNS)}."
        )
    return found


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _holds_bytes(place: Path, field: Any) -> bool:
    import pyarrow as pa

    kind = field.type
    if pa.types.is_struct(kind) and kind.get_field_index("bytes") >= 0:
        kind = kind.field("bytes").type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return True
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return False
    raise UserError(place, f"the column {field.name} is neither bytes nor text (got {kind})", "Name another: --column.")


def _named(place: Path, row: int, value: str | None) -> Reference:
    if not value:
        return Reference(f"{place}#{row}")
    if host_of(value):
        return Reference(value, url=value)
    return Reference(value, file=str((place.parent / value).absolute()))
