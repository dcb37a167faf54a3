"""Whose turn it is: so many requests at once in all, so many to one host, and a gap between those to one host."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

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

    def __init__(self, at_once: int, per_host: int, gap: float) -> None:
        self._all = asyncio.Semaphore(at_once)
        self._per_host = per_host
        self._gap = gap
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn with ``host``, and hold it."""
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
            await asyncio.sleep(state.free_at - monotonic())
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
