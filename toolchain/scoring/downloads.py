"""Pictures from addresses, by the rules of ``toolchain.data.fetching``, for threads that wait for them.

with Downloads(private=()) as downloads:
content = downloads.get("https://…")      # from any thread
"""

import asyncio
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from toolchain.data.fetching.addresses import Exemption
from toolchain.data.fetching.limits import Limits
from toolchain.data.fetching.spool import Spool

if TYPE_CHECKING:
    from toolchain.data.fetching.transport import CheckedTransport
    from toolchain.data.fetching.turns import Turns

AT_ONCE = 16
"""Downloads at once in one process; each keeps its picture in memory, 32 MB at the most."""


@dataclass
class InMemory(Spool):
    """A spool that never writes a file."""

    path: Path = Path()

    def write(self, data: bytes) -> None:
        """Append."""
        self._waiting += data

    def restart(self) -> None:
        """Begin from nothing."""
        self._waiting.clear()

    def finish(self) -> None:
        """There is nothing left to do."""

    @property
    def content(self) -> bytes:
        """What was written."""
        return bytes(self._waiting)


class Downloads:
    """An event loop in a thread of its own, with connections that are kept; nothing is begun before it is needed."""

    def __init__(self, private: tuple[Exemption, ...]) -> None:
        self._limits = Limits(concurrency=AT_ONCE, private=private)
        self._loop = asyncio.new_event_loop()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._loop.run_forever, name="downloads", daemon=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread.ident is not None:
            asyncio.run_coroutine_threadsafe(self._connections[0].aclose(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()

    def get(self, url: str) -> bytes:
        """Return what is at ``url``.

        Raises:
            Failed: there is nothing that we take, after as many tries as may help.
        """
        self._start()
        return asyncio.run_coroutine_threadsafe(self._get(url), self._loop).result()

    def _start(self) -> None:
        with self._lock:
            if self._thread.ident is None:
                self._thread.start()

    @cached_property
    def _connections(self) -> "tuple[CheckedTransport, Turns]":
        from toolchain.data.fetching.transport import CheckedTransport
        from toolchain.data.fetching.turns import Turns

        limits = self._limits
        turns = Turns(limits.concurrency, limits.per_host, limits.gap, limits.patience)
        return CheckedTransport(limits), turns

    async def _get(self, url: str) -> bytes:
        from toolchain.data.fetching.downloading import download

        transport, turns = self._connections

        async def attempt() -> bytes:
            target = InMemory()
            await download(transport, url, target, turns, self._limits)
            return target.content

        return await self._limits.backoff.tried(attempt)
