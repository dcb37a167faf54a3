"""The plan: every input in its order, on disk, in units of so many; a unit becomes a shard.

    plan = write_plan(path, references, shard_rows=None)
    plan.units, plan.digest
    read_unit(path, plan.shard_rows, 3)              # the references of part-00003.parquet

It is written as it is enumerated and read a unit at a time, so memory does not grow with the number of inputs.
"""

import hashlib
import math
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from itertools import islice
from pathlib import Path

from toolchain.scoring.reference import Reference

PLAN_FILE = "_plan.parquet"

_GROUP = 1024
_MOST_ROWS, _LEAST_ROWS, _SHARDS_WANTED = 4096, 32, 64
_FIELDS = tuple(field.name for field in fields(Reference))


@dataclass(frozen=True)
class Plan:
    """What is known of a plan.

    Attributes:
        inputs: how many there are.
        shard_rows: how many of them a unit has; the last one may have fewer.
        digest: SHA-256 over the references, in their order.
    """

    inputs: int
    shard_rows: int
    digest: str

    @property
    def units(self) -> int:
        """How many shards there will be."""
        return math.ceil(self.inputs / self.shard_rows)

    def rows(self, unit: int) -> int:
        """Return how many inputs a unit has."""
        return min(self.shard_rows, self.inputs - unit * self.shard_rows)


def shard_name(unit: int) -> str:
    """Return the name of a unit's shard."""
    return f"part-{unit:05}.parquet"


def rows_per_shard(inputs: int) -> int:
    """Return how many inputs a shard has where nobody says: 64 shards, of 32 inputs at least and 4,096 at most."""
    return max(_LEAST_ROWS, min(_MOST_ROWS, math.ceil(inputs / _SHARDS_WANTED)))


def write_plan(path: Path, references: Iterable[Reference], shard_rows: int | None) -> Plan:
    """Write the references to ``path``, in row groups of 1,024."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    numbers = dict.fromkeys(("start", "size", "stamp"), pa.int64())
    types = {**dict.fromkeys(_FIELDS, pa.string()), **numbers, "file": pa.binary()}
    schema = pa.schema(list(types.items()))
    digest, inputs, waiting = hashlib.sha256(), 0, iter(references)
    with pq.ParquetWriter(path, schema) as writer:
        while group := list(islice(waiting, _GROUP)):
            rows = [{**asdict(one), "input": as_utf8(one.input), "file": os.fsencode(one.file)} for one in group]
            for row in rows:
                digest.update(repr(row).encode())
            inputs += len(rows)
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
    return Plan(inputs, shard_rows or rows_per_shard(inputs), digest.hexdigest())


def as_utf8(name: str) -> str:
    """Return a name with escapes for what is not UTF-8: a column of text has no place for it."""
    return name.encode("utf-8", "backslashreplace").decode()


def read_unit(path: Path, shard_rows: int, unit: int) -> list[Reference]:
    """Return the references of a unit; only the row groups that it lies in are read."""
    import pyarrow.parquet as pq

    first = unit * shard_rows
    with pq.ParquetFile(path) as file:
        groups = range(first // _GROUP, min(math.ceil((first + shard_rows) / _GROUP), file.num_row_groups))
        table = file.read_row_groups(list(groups), columns=list(_FIELDS))
    rows = table.slice(first - groups.start * _GROUP, shard_rows).to_pylist()
    return [Reference(**{**row, "file": os.fsdecode(row["file"])}) for row in rows]
