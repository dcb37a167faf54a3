"""The encoded bytes of inputs."""

import stat
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from models.errors import PictureError
from toolchain.data.fetching.outcome import Failed
from toolchain.scoring.downloads import Downloads
from toolchain.scoring.reference import Reference

MAX_BYTES = 256_000_000
"""Most bytes of a picture on this machine."""

_ROWS_AT_ONCE = 16

Content = Callable[[], bytes]
"""Gets the bytes; raises PictureError."""


def contents(references: Iterable[Reference], downloads: Downloads) -> Iterator[tuple[Reference, Content]]:
    """Yield each reference with what gets its bytes; those in a table are read here, a few rows at a time."""
    for column, group in groupby(references, key=lambda one: (one.file, one.column) if one.column else None):
        if column is None:
            yield from ((one, _getter(one, downloads)) for one in group)
        else:
            yield from _in_table(list(group))


def _getter(reference: Reference, downloads: Downloads) -> Content:
    def get() -> bytes:
        if reference.url:
            try:
                return downloads.get(reference.url)
            except Failed as failed:
                detail = f" (got {failed.detail})" if failed.detail else ""
                advice = "Allow it with --allow-private." if failed.status == "private address" else ""
                raise PictureError(reference.input, f"{failed.status}{detail}", advice) from None
        if reference.problem:
            raise PictureError(reference.input, reference.problem)
        if not reference.file:
            raise PictureError(reference.input, "nothing in this row")
        return _read(reference)

    return get


def _read(reference: Reference) -> bytes:
    path = Path(reference.file)
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise PictureError(reference.input, "not a regular file")
        size = found.st_size if reference.size < 0 else reference.size
        if size > MAX_BYTES:
            raise PictureError(reference.input, f"too many bytes (got more than {MAX_BYTES:,})")
        with path.open("rb") as file:
            file.seek(reference.start)
            content = file.read(size)
    except FileNotFoundError:
        raise PictureError(reference.input, "no such file") from None
    except OSError as error:
        raise PictureError(reference.input, f"cannot be read ({error.strerror})") from error
    if len(content) < size:
        raise PictureError(reference.input, "truncated")
    return content


def _in_table(references: list[Reference]) -> Iterator[tuple[Reference, Content]]:
    """Yield neighbouring rows of one table; what it cannot give any more is pictures that cannot be read."""
    import pyarrow as pa

    waiting = iter(references)
    try:
        for value in _values(references[0], references[-1].start + 1):
            reference = next(waiting)
            yield reference, _given(reference, value)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0][:120]
        for reference in waiting:
            yield reference, _raises(PictureError(reference.input, f"cannot be read ({reason})"))
    for reference in waiting:
        yield reference, _raises(PictureError(reference.input, "no such row"))


def _values(first: Reference, end: int) -> Iterator[bytes | None]:
    """Yield the encoded pictures of the rows from ``first`` to before ``end``."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(first.file) as table:
        row, groups = 0, []
        skip = first.start
        for group in range(table.num_row_groups):
            rows = table.metadata.row_group(group).num_rows
            if row + rows <= first.start:
                skip -= rows
            elif row < end:
                groups.append(group)
            row += rows
        wanted = end - first.start
        for batch in table.iter_batches(_ROWS_AT_ONCE, row_groups=groups, columns=[first.column]):
            part = batch.slice(min(skip, len(batch)), wanted)
            skip -= min(skip, len(batch))
            wanted -= len(part)
            for value in part.column(0).to_pylist():
                yield value.get("bytes") if isinstance(value, dict) else value
            if not wanted:
                return


def _given(reference: Reference, value: bytes | None) -> Content:
    return _raises(PictureError(reference.input, "nothing in this row")) if value is None else lambda: value


def _raises(error: PictureError) -> Content:
    def get() -> bytes:
        raise error

    return get
