"""HTTP/1.1 as uvicorn speaks it, with two more rules for requests whose body is still coming.

A request that is not complete in time ends its connection: uvicorn times only connections that are idle after an
answer, and whoever sends a head byte by byte, or nothing at all, would keep one for ever.

A connection is not closed before the request is complete: the system would tell the client that it is broken, and the
answer that says "too large" or "come back later" would be lost with it (RFC 9112, section 9.6).
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class _Lingering:
    """The transport of one request, whose ``close`` waits until the request is complete."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._complete = self._closed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def close(self) -> None:
        self._closed = True
        if self._complete:
            self._transport.close()

    def complete(self) -> None:
        self._complete = True
        if self._closed:
            self._transport.close()


def timed_protocol(seconds: float) -> type[HttpToolsProtocol]:
    """Return the protocol that gives a request ``seconds`` from its first byte, or from the connection, to its last."""

    class TimedProtocol(HttpToolsProtocol):
        """One connection."""

        _deadline: asyncio.TimerHandle | None = None
        _lingering: _Lingering | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._arm()

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._arm()

        def on_headers_complete(self) -> None:
            super().on_headers_complete()
            self._lingering = _Lingering(self.transport)
            self.cycle.transport = self._lingering  # type: ignore[assignment]

        def on_message_complete(self) -> None:
            super().on_message_complete()
            self._disarm()
            if self._lingering is not None:
                self._lingering.complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._disarm()
            super().connection_lost(exc)

        def _arm(self) -> None:
            self._disarm()
            self._deadline = self.loop.call_later(seconds, self.transport.abort)

        def _disarm(self) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

    return TimedProtocol
