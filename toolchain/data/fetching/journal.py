"""Finished items, one line each, appended as they finish.

    with open_journal(folder) as journal:
        journal.add(identity(item), outcome)
    found = read_journal(folder)
    found.outcome(identity(item))          # an Outcome, or None

A line begins with the item's identity, so that an index of the whole file takes 16 bytes for each and the outcomes stay
on the disk. A line that was torn by a kill is dropped; of several for one item the last counts.
"""

import hashlib
import json
import os
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from io import BytesIO
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from models.errors import UserError
from toolchain.data.fetching.outcome import Outcome
from toolchain.data.item import Item
from toolchain.lock import hold

JOURNAL_FILE = "fetch.journal"
_DEFAULTS = {field.name: field.default for field in fields(Outcome)}
_DIGITS = 16


def identity(item: Item) -> int:
    """Return 64 bits that stand for the item as far as fetching it goes: its key, addresses, file, place in it and MD5.

    So labels may be corrected without fetching again, and an item with another address is another one.
    """
    text = "\0".join((item.key, item.file, str(item.part or ""), item.md5.lower(), item.md5_of, *item.urls))
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


@dataclass(frozen=True)
class JournalWriter:
    """A journal that is open, by us alone."""

    file: IO[bytes]

    def add(self, who: int, outcome: Outcome) -> None:
        """Append a line; it survives the end of this process, and a power failure after the next ``sync``."""
        told = {name: value for name, value in vars(outcome).items() if value != _DEFAULTS[name]}
        line = json.dumps(told, separators=(",", ":"), ensure_ascii=True)
        self.file.write(f"{who:0{_DIGITS}x} {line}\n".encode("ascii"))

    def sync(self) -> None:
        """Wait until every line is on the disk."""
        os.fsync(self.file.fileno())


@contextmanager
def open_journal(folder: Path) -> Iterator[JournalWriter]:
    """Open the journal of ``folder`` to append to, without a torn last line.

    Raises:
        UserError: another process has it open.
    """
    with (folder / JOURNAL_FILE).open("a+b", buffering=0) as file:
        hold(file, folder, "another fetch is at work here", "Wait for it, or end it.")
        _drop_torn_line(file)
        writer = JournalWriter(file)
        try:
            yield writer
        finally:
            writer.sync()


def _drop_torn_line(file: IO[bytes]) -> None:
    end = size = file.seek(0, os.SEEK_END)
    while end:
        begin = max(0, end - 4096)
        file.seek(begin)
        newline = file.read(end - begin).rfind(b"\n")
        if newline >= 0:
            end = begin + newline + 1
            break
        end = begin
    if end != size:
        file.truncate(end)


@dataclass(frozen=True, eq=False)
class Journal:
    """A journal's lines by identity.

    Attributes:
        path: the file.
        file: the same, open.
        who: uint64 [lines], sorted.
        at: int64 [lines], where each line begins; lines of one item in the order that they were written in.
    """

    path: Path
    file: IO[bytes]
    who: NDArray[np.uint64]
    at: NDArray[np.int64]

    def outcome(self, who: int) -> Outcome | None:
        """Return the last outcome of an item, None where it has none.

        Raises:
            UserError: its line is none of ours.
        """
        row = int(np.searchsorted(self.who, np.uint64(who), side="right")) - 1
        if row < 0 or int(self.who[row]) != who:
            return None
        self.file.seek(int(self.at[row]))
        line = self.file.readline()
        try:
            return Outcome(**json.loads(line[_DIGITS:]))
        except (ValueError, TypeError) as error:
            raise _not_ours(self.path, int(self.at[row])) from error


@contextmanager
def read_journal(folder: Path) -> Iterator[Journal]:
    """Open the journal of ``folder``; an empty one where there is none.

    Raises:
        UserError: a line in it is none of ours.
    """
    path = folder / JOURNAL_FILE
    who, at, position = array("Q"), array("q"), 0
    with path.open("rb") if path.exists() else BytesIO() as file:
        for line in file:
            if line.endswith(b"\n"):
                try:
                    who.append(int(line[:_DIGITS], 16))
                except ValueError as error:
                    raise _not_ours(path, position) from error
                at.append(position)
            position += len(line)
        found, places = np.array(who, np.uint64), np.array(at, np.int64)
        order = np.argsort(found, kind="stable")
        yield Journal(path, file, found[order], places[order])


def _not_ours(path: Path, at: int) -> UserError:
    return UserError(path, f"damaged (at byte {at})", "Delete it to fetch everything again.")
