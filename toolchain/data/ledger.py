"""The ledger of a dataset: one row per picture, in a Parquet file beside the pictures.

    write_ledger(folder, entries)          # whole or not at all
    for entry in read_ledger(folder): ...  # a few thousand rows in memory at a time

A dataset is a folder with ``ledger.parquet`` and, where pictures were fetched, ``pictures/``. Rows are in the order of
their source; nothing in them depends on when or in which order they were fetched, so that a fetch that was
interrupted and one that was not end with the same bytes.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import UserError

if TYPE_CHECKING:
    import pyarrow as pa

LEDGER_FILE = "ledger.parquet"
OK = "ok"
_ROWS_AT_ONCE = 4096


@dataclass(frozen=True)
class Entry:
    """What is known of one picture: what its source said (``toolchain.data.item.Item``), and what came of it.

    Attributes:
        source: a name in toolchain.data.sources.
        url: the address that it came from, or the first that was tried; "" for a file of this machine.
        status: "ok", or in a word or two why there is no picture ("http 404", "timed out", "placeholder").
        detail: more of it, for people.
        file: where it lies, relative to the ledger's folder where it is below that, "" without a picture.
        sha256: of the bytes as they came, 64 hexadecimal digits.
        bytes: their number.
        format: what the bytes are, whatever the name says: "jpeg", "png", "webp", "gif", "bmp", "tiff".
        width: pixels, as stored.
        height: likewise.
    """

    key: str
    source: str
    url: str = ""
    status: str = OK
    detail: str = ""
    file: str = ""
    sha256: str = ""
    bytes: int = 0
    format: str = ""
    width: int = 0
    height: int = 0
    labels: Mapping[str, bool] = field(default_factory=dict)
    group: str = ""
    md5: str = ""
    rotation: int = 0
    split: str = ""
    licence: str = ""
    author: str = ""
    landing_page: str = ""


def ledger_schema() -> "pa.Schema":
    """Return the Parquet schema: the fields of ``Entry`` in their order, labels as a map from name to yes or no."""
    import pyarrow as pa

    kinds = {"bytes": pa.int64(), "width": pa.int32(), "height": pa.int32(), "rotation": pa.int16()}
    labels = pa.map_(pa.string(), pa.bool_())
    names = Entry.__dataclass_fields__
    return pa.schema([(name, labels if name == "labels" else kinds.get(name, pa.string())) for name in names])


def write_ledger(folder: Path, entries: Iterable[Entry]) -> Path:
    """Write ``entries`` as the ledger of ``folder``, replacing the one that is there in one step; returns its path."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    target, schema = folder / LEDGER_FILE, ledger_schema()
    unfinished = target.with_suffix(".part")
    rows = iter(entries)
    with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
        while chunk := [_row(entry) for entry in islice(rows, _ROWS_AT_ONCE)]:
            writer.write_table(pa.Table.from_pylist(chunk, schema=schema))
    os.replace(unfinished, target)  # noqa: PTH105
    return target


def read_ledger(folder: Path) -> Iterator[Entry]:
    """Yield the entries of ``folder``'s ledger in their order; ``folder`` may also be the ledger's own path.

    Raises:
        UserError: there is no ledger, or it is not one of ours.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / LEDGER_FILE if folder.is_dir() else folder
    if not path.is_file():
        raise UserError(path, "no such ledger", "Make one with rct data fetch.")
    try:
        with pq.ParquetFile(path) as file:
            missing = [name for name in ledger_schema().names if name not in file.schema_arrow.names]
            if missing:
                raise UserError(path, f"not a ledger (got no column {missing[0]})", "Make one with rct data fetch.")
            labels = file.schema_arrow.field("labels").type
            if not (pa.types.is_map(labels) and labels.item_type == pa.bool_()):
                raise UserError(path, f"labels: not a map of names to yes or no (got {labels})", "Fetch it again.")
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=ledger_schema().names):
                for row in batch.to_pylist():
                    yield _entry(row, path)
    except (pa.ArrowException, OSError) as error:
        raise UserError(
            path,
            f"damaged, or not a Parquet file ({str(error).splitlines()[0][:120]})",
            "Give the command that made it again: what was fetched stays.",
        ) from error


def is_whole(folder: Path, rows: int) -> bool:
    """Return whether ``folder`` has a ledger of ours with as many rows, every byte of which can be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(folder / LEDGER_FILE) as file:
            names = ledger_schema().names
            return set(names) <= {*file.schema_arrow.names} and rows == sum(
                batch.num_rows for batch in file.iter_batches(_ROWS_AT_ONCE, columns=names)
            )
    except (pa.ArrowException, OSError):
        return False


def _entry(row: dict[str, Any], path: Path) -> Entry:
    """Return a row as an entry; what is null is not said, and a label that is null is not known."""
    labels = {name: answer for name, answer in row["labels"] or () if answer is not None}
    entry = Entry(
        **{
            "key": "",
            "source": "",
            **{name: value for name, value in row.items() if value is not None},
            "labels": labels,
        }
    )
    if entry.status == OK and row["file"] is None:
        raise UserError(path, f"a row with a picture and without its file (got {entry.key})", "Fetch it again.")
    return entry


def _row(entry: Entry) -> dict[str, Any]:
    return {**asdict(entry), "labels": sorted(entry.labels.items())}
