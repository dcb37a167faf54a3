"""Whose turn it is: so many requests at once, so many of them to one host, a gap between those, and none too early."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

from toolchain.data.fetching.outcome import Failed

_HOSTS_KEPT = 1024


@dataclass
class _Host:
    slots: asyncio.Semaphore
    free_at: float = 0.0
    users: int = 0


class Turns:
    """Hands out turns.

    Who waits for a busy host takes no turn from another host: a turn of the host comes first, then one of all.
    """

    def __init__(self, at_once: int, per_host: int, gap: float, patience: float = 600.0) -> None:
        self._all = asyncio.Semaphore(at_once)
        self._per_host = per_host
        self._gap = gap
        self._patience = patience
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn with ``host``, and hold it.

        Raises:
            Failed: the host has asked for more patience than we have; it is not asked again before its time.
        """
        state = self._of(host)
        state.users += 1
        try:
            async with state.slots:
                await self._begin(state)
                try:
                    yield
                finally:
                    self._all.release()
        finally:
            state.users -= 1

    def hold(self, host: str, seconds: float) -> None:
        """Let no request to ``host`` begin for so long."""
        state = self._of(host)
        state.free_at = max(state.free_at, monotonic() + seconds)

    async def _begin(self, state: _Host) -> None:
        while True:
            wait = state.free_at - monotonic()
            if wait > self._patience:
                raise Failed("asked to wait", f"longer than {self._patience:.0f} s")
            await asyncio.sleep(wait)
            await self._all.acquire()
            if state.free_at <= monotonic():
                state.free_at = monotonic() + self._gap
                return
            self._all.release()

    def _of(self, host: str) -> _Host:
        if host not in self._hosts:
            if len(self._hosts) >= _HOSTS_KEPT:
                now = monotonic()
                self._hosts = {name: one for name, one in self._hosts.items() if one.users or one.free_at > now}
            self._hosts[host] = _Host(asyncio.Semaphore(self._per_host))
        return self._hosts[host]
