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
from toolchain.data.fetching.local import settle_local
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
            expected = self._expected(item.md5)
            return await self._in_thread(
                lambda: settle_local(item, self.folder, self._spare(), self.limits.max_bytes, expected)
            )
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
        spool = Spool(self._spare())

        async def attempt() -> Outcome:
            await download(self.transport, url, spool, self.turns, self.limits)
            return await self._in_thread(lambda: self._arrived(spool, url, md5))

        try:
            return await self.limits.backoff.tried(attempt)
        finally:
            spool.path.unlink(missing_ok=True)

    def _arrived(self, spool: Spool, url: str, md5: str) -> Outcome:
        spool.finish()
        found = examine(spool.path, self._expected(md5))
        return replace(found, url=url, file=keep(spool.path, self.folder, found))

    def _expected(self, md5: str) -> Expected:
        return Expected(self.limits.max_pixels, md5, self.placeholders)

    def _spare(self) -> Path:
        return self.folder / INCOMING / f"{next(self._numbers)}.part"

    async def _in_thread(self, work: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self.threads, work)
