"""FlatBuffers from plain dictionaries, for schemas that are small and known.

    write({0: "image", 1: Byte(2), 4: [{0: [0.5]}]}, identifier=b"M001")

A table is a dictionary from the position of a field in the schema (a union counts twice: its type, then its value) to
text, a number, a table, or a list of numbers or tables. Format: https://flatbuffers.dev/internals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Byte:
    """A ``byte`` or ``ubyte``: 0 to 127."""

    value: int


@dataclass(frozen=True)
class Word:
    """A ``uint``: 0 to 2**32 - 1."""

    value: int


Table: TypeAlias = "Mapping[int, str | float | Byte | Word | Table | Sequence[float] | Sequence[Table]]"


def write(root: Table, identifier: bytes) -> bytes:
    """Return the FlatBuffer of ``root``; ``identifier`` is the schema's, four bytes."""
    import flatbuffers

    builder = flatbuffers.Builder(1024)
    builder.Finish(_table(builder, root), file_identifier=identifier)
    return bytes(builder.Output())


def _table(builder: Any, table: Table) -> int:
    """Write what the fields refer to, then the table, and return its place."""
    places = {slot: _reference(builder, value) for slot, value in table.items()}
    builder.StartObject(max(table) + 1)
    for slot, value in table.items():
        if places[slot] is not None:
            builder.PrependUOffsetTRelativeSlot(slot, places[slot], 0)
        elif isinstance(value, Byte):
            builder.PrependUint8Slot(slot, value.value, 0)
        elif isinstance(value, Word):
            builder.PrependUint32Slot(slot, value.value, 0)
        else:
            builder.PrependFloat32Slot(slot, value, 0.0)
    return int(builder.EndObject())


def _reference(builder: Any, value: Any) -> int | None:
    """Write text, a list or a table and return its place; None for a number, which lies in the table itself."""
    if isinstance(value, str):
        return int(builder.CreateString(value))
    if isinstance(value, Mapping):
        return _table(builder, value)
    if not isinstance(value, Sequence):
        return None
    tables = [_table(builder, item) if isinstance(item, Mapping) else None for item in value]
    builder.StartVector(4, len(value), 4)
    for place, item in zip(reversed(tables), reversed(value), strict=True):
        if place is None:
            builder.PrependFloat32(item)
        else:
            builder.PrependUOffsetTRelative(place)
    return int(builder.EndVector())
