"""From an item to what became of it: its addresses one after the other, each with its tries; a local file at once."""

import asyncio
import itertools
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import httpx

from toolchain.data.fetching.downloading import download
from toolchain.data.fetching.limits import Limits
from toolchain.data.fetching.outcome import Failed, Outcome
from toolchain.data.fetching.placeholders import PLACEHOLDERS
from toolchain.data.fetching.spool import Spool
from toolchain.data.fetching.storing import Expected, examine, keep
from toolchain.data.fetching.turns import Turns
from toolchain.data.item import Item

INCOMING = "incoming"
"""The folder of files that are on their way, in the dataset's own; empty between two fetches."""

Answer = TypeVar("Answer")


@dataclass
class Settler:
    """What all items of a fetch share.

    Attributes:
        folder: the dataset's.
        transport: what requests go through.
        turns: whose turn it is.
        limits: the fetch's bounds.
        threads: for what reads and writes files.
        placeholders: MD5 of files that stand for a missing picture, and whose they are.
    """

    folder: Path
    transport: httpx.AsyncBaseTransport
    turns: Turns
    limits: Limits
    threads: ThreadPoolExecutor
    placeholders: Mapping[str, str] = field(default_factory=lambda: PLACEHOLDERS)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def settle(self, item: Item) -> Outcome:
        """Return what became of ``item``; a picture is in its place by then.

        The status of an item that failed is that of its first address; the details have those of the others.
        """
        if item.file:
            look = self._part if item.part else self._local
            return await self._in_thread(lambda: look(item))
        failures: list[Failed] = []
        for url in item.urls:
            try:
                return await self._from(url, item.md5_at(url))
            except Failed as failed:
                failures.append(failed)
                if failed.last:
                    break
        if not failures:
            return Outcome("no address")
        first, *others = failures
        told = [first.detail, *(f"then {other}" for other in others)]
        return Outcome(first.status, item.urls[0], "; ".join(filter(None, told)))

    async def _from(self, url: str, md5: str) -> Outcome:
        path = self.folder / INCOMING / f"{next(self._numbers)}.part"
        waits = self.limits.backoff.waits()
        spool = Spool(path)
        try:
            while True:
                try:
                    await download(self.transport, url, spool, self.turns, self.limits)
                    return await self._in_thread(lambda: self._arrived(spool, url, md5))
                except Failed as failed:
                    wait = next(waits, None)
                    if not failed.again or wait is None:
                        raise
                await asyncio.sleep(wait)
        finally:
            path.unlink(missing_ok=True)

    def _arrived(self, spool: Spool, url: str, md5: str) -> Outcome:
        spool.finish()
        found = examine(spool.path, Expected(self.limits.max_pixels, md5, self.placeholders))
        return replace(found, url=url, file=keep(spool.path, self.folder, found))

    def _local(self, item: Item) -> Outcome:
        """Look at a file of this machine, which stays where it is."""
        path = Path(item.file)
        try:
            size = path.stat().st_size
            if size > self.limits.max_bytes:
                raise Failed("too many bytes", f"more than {self.limits.max_bytes:,}")
            found = examine(path, Expected(self.limits.max_pixels, item.md5, self.placeholders))
        except Failed as failed:
            return Outcome(failed.status, detail=failed.detail)
        except FileNotFoundError:
            return Outcome("no such file")
        except OSError as error:
            return Outcome("unreadable", detail=error.strerror or "")
        return replace(found, file=place_of(path, self.folder))

    def _part(self, item: Item) -> Outcome:
        """Copy a picture out of the archive that it lies in."""
        path = self.folder / INCOMING / f"{next(self._numbers)}.part"
        try:
            path.write_bytes(self._cut(item))
            found = examine(path, Expected(self.limits.max_pixels, item.md5, self.placeholders))
            return replace(found, file=keep(path, self.folder, found))
        except Failed as failed:
            return Outcome(failed.status, detail=failed.detail)
        finally:
            path.unlink(missing_ok=True)

    def _cut(self, item: Item) -> bytes:
        first, size = item.part or (0, 0)
        if size > self.limits.max_bytes:
            raise Failed("too many bytes", f"more than {self.limits.max_bytes:,}")
        try:
            with Path(item.file).open("rb") as archive:
                archive.seek(first)
                data = archive.read(size)
        except FileNotFoundError as error:
            raise Failed("no such file") from error
        except OSError as error:
            raise Failed("unreadable", error.strerror or "") from error
        if len(data) < size:
            raise Failed("truncated", "the archive ends before it")
        return data

    async def _in_thread(self, work: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self.threads, work)


def place_of(path: Path, folder: Path) -> str:
    """Return how a ledger in ``folder`` names the file at ``path``: relative where it is below, absolute elsewhere."""
    whole = path.resolve()
    below = folder.resolve()
    return whole.relative_to(below).as_posix() if whole.is_relative_to(below) else whole.as_posix()
