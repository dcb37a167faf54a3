"""WebDataset: tar files ("shards") in which the files of one picture share the name before the first dot.

The pictures stay where they are until they are fetched: an item says which bytes of the shard they are.
"""

import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.errors import UserError
from models.pictures import SUFFIXES
from toolchain.data.item import Item
from toolchain.data.problems import Problems
from toolchain.data.reading.fields import Columns, LabelsSeen, said_of
from toolchain.data.reading.names import Names
from toolchain.data.reading.once import Once

SUMMARY = "tar shards of pictures with json or cls beside them"

_MOST_BYTES_OF_TEXT = 1 << 20


class Settings(Columns):
    """Which field of the json is what, and the names of classes.

    Attributes:
        classes: the names of the numbers in ``cls`` files, from 0 on.
    """

    classes: Names = ()


DAMAGED = "a shard that is damaged from here on"
"""The kind of problem of a shard that is cut, or broken in the middle."""


@dataclass
class Sample:
    """The files of one picture: where pictures among them are (first byte, bytes), and what is told of them."""

    key: str
    pictures: list[tuple[int, int]] = field(default_factory=list)
    row: dict[str, str] = field(default_factory=dict)


def read(inputs: Sequence[Path], settings: Settings, problems: Problems) -> Iterator[Item]:
    """Yield the pictures of each shard in their order; a folder stands for its shards, sorted."""
    once, seen = Once(), LabelsSeen()
    for path in _shards(inputs):
        for sample in samples(path, settings, problems):
            where = f"{path.name}: {sample.key}"
            seen.add(sample.row.get(settings.label, ""))
            if len(sample.pictures) != 1:
                problems.add("no picture" if not sample.pictures else "more than one picture", where)
                continue
            key = f"{path.name.removesuffix('.tar')}/{sample.key}"
            if not once.first(key):
                problems.add("a key again", where)
                continue
            yield Item(
                key=key,
                file=str(path),
                part=sample.pictures[0],
                **said_of(sample.row, settings, where, problems),
            )
    seen.refuse_missing(settings.label, settings.categories)


def _shards(inputs: Sequence[Path]) -> Iterator[Path]:
    for place in inputs:
        shards = sorted(place.glob("*.tar")) if place.is_dir() else [place]
        if not shards:
            raise UserError(place, "no shard in this folder", "Looked for *.tar.")
        yield from shards


def samples(path: Path, settings: Settings, problems: Problems) -> Iterator[Sample]:
    """Yield the samples of one shard in their order, those without a picture and with several too.

    Raises:
        UserError: it is not there, no tar file, or compressed.
    """
    sample = Sample("")
    for tar, member in _members(path, problems):
        folder, _, name = member.name.rpartition("/")
        stem, _, suffix = name.partition(".")
        key = f"{folder}/{stem}".lstrip("./") if folder else stem
        if not key:
            continue
        if key != sample.key:
            if sample.key:
                yield sample
            sample = Sample(key)
        _add(sample, suffix.lower(), tar, member, settings, problems)
    if sample.key:
        yield sample


def _members(path: Path, problems: Problems) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    if not path.is_file():
        raise UserError(path, "no such shard", "Name a .tar file, or a folder of them.")
    try:
        with tarfile.open(path, "r:") as tar:
            try:
                for member in tar:
                    if member.isreg() and not member.issparse():
                        yield tar, member
                whole = _ends_here(path, tar.offset)
            except tarfile.ReadError:
                whole = False
            if not whole:
                problems.add(DAMAGED, f"{path.name}: byte {tar.offset}")
    except tarfile.ReadError as error:
        raise UserError(path, "not a tar file, or compressed", "Unpack it to a plain .tar.") from error


def _ends_here(path: Path, offset: int) -> bool:
    """Return whether the tar file ends at ``offset`` as it should: the reader takes a bad header for the end."""
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(tarfile.BLOCKSIZE) == bytes(tarfile.BLOCKSIZE)


def _add(
    sample: Sample, suffix: str, tar: tarfile.TarFile, member: tarfile.TarInfo, settings: Settings, problems: Problems
) -> None:
    where = f"{Path(str(tar.name)).name}: {member.name}"
    if f".{suffix}" in SUFFIXES:
        sample.pictures.append((member.offset_data, member.size))
    elif suffix in {"json", "cls"}:
        text = _text(tar, member)
        if suffix == "cls":
            _class(sample, text, settings, where, problems)
        else:
            sample.row |= _json(text, where, problems)


def _text(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str | None:
    file = tar.extractfile(member) if member.size <= _MOST_BYTES_OF_TEXT else None
    try:
        return file.read().decode("utf-8-sig").strip() if file else None
    except UnicodeDecodeError:
        return None


def _class(sample: Sample, text: str | None, settings: Settings, where: str, problems: Problems) -> None:
    if not text:
        problems.add("an empty class", where)
    elif not text.isdecimal():
        sample.row.setdefault(settings.label, text)
    elif int(text) < len(settings.classes):
        sample.row.setdefault(settings.label, settings.classes[int(text)])
    else:
        problems.add("a class number without a name", where)


def _json(text: str | None, where: str, problems: Problems) -> Mapping[str, str]:
    try:
        found: Any = json.loads(text or "")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        problems.add("not a JSON object", where)
        return {}
    return {name: _value(value) for name, value in found.items()}


def _value(value: object) -> str:
    match value:
        case None | dict() | list():
            return ""
        case bool():
            return str(int(value))
    return str(value).strip()
