"""A shard: the rows of one unit, whole or not there."""

import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.spec import Verdict
from toolchain.scoring.plan import as_utf8

if TYPE_CHECKING:
    import pyarrow as pa

SCORE = "score_"
"""What the column of a category's scores begins with, before its name."""

_SCRATCH = "_writing-"


@dataclass(frozen=True)
class Row:
    """One input: its scores in [0, 1] in the order of the categories, none where it could not be read."""

    input: str
    sha256: str
    scores: tuple[float, ...]
    verdict: Verdict
    error_kind: str = ""
    error: str = ""


def schema_of(labels: Sequence[str]) -> "pa.Schema":
    """Return the columns: input, sha256 of its bytes, score_CATEGORY (float32), verdict, error_kind, error."""
    import pyarrow as pa

    scores = [pa.field(f"{SCORE}{label}", pa.float32()) for label in labels]
    first, last = ("input", "sha256"), ("verdict", "error_kind", "error")
    return pa.schema([*((name, pa.string()) for name in first), *scores, *((name, pa.string()) for name in last)])


def write_shard(target: Path, rows: Iterable[Row], labels: Sequence[str]) -> None:
    """Write the rows aside and rename; the same rows are the same bytes, whoever writes them.

    Raises:
        OSError: it cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pylist([_cells(row, labels) for row in rows], schema=schema_of(labels))
    scratch = target.with_name(f"{_SCRATCH}{target.name}-{secrets.token_hex(8)}")
    try:
        with scratch.open("xb") as file:
            pq.write_table(table, file)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)


def _cells(row: Row, labels: Sequence[str]) -> dict[str, Any]:
    scores = dict(zip(labels, row.scores, strict=True)) if row.scores else {}
    return {
        "input": row.input,
        "sha256": row.sha256 or None,
        **{f"{SCORE}{label}": score for label, score in scores.items()},
        "verdict": row.verdict,
        "error_kind": row.error_kind or None,
        "error": as_utf8(row.error) or None,
    }


def has_rows(shard: Path, rows: int) -> bool:
    """Return whether the shard is there and has so many rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return bool(pq.read_metadata(shard).num_rows == rows)
    except (OSError, pa.ArrowException):
        return False


def clear_scratch(folder: Path) -> None:
    """Remove what killed runs left half-written."""
    for scratch in folder.glob(f"{_SCRATCH}*"):
        scratch.unlink(missing_ok=True)
