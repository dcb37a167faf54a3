"""Connections that go only where they may.

Names are resolved here, every address is checked, and the one that passed is connected to, so that a name cannot mean
another place a moment later. The name stays what the server hears of: in the Host header, in TLS, and in the check of
its certificate.
"""

import asyncio
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import httpcore

from toolchain.data.fetching.addresses import Exemption, may_connect
from toolchain.data.fetching.outcome import Failed
from toolchain.data.fetching.wire import connect

_LOOKUPS_AT_ONCE = 16
_NAMES_KEPT, _SECONDS_KEPT = 2048, 60.0


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to an address of the host that may be connected to."""

    def __init__(self, exemptions: tuple[Exemption, ...]) -> None:
        self._exemptions = exemptions
        self._resolver = _Resolver()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's own signature
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first of the host's addresses that may be connected to and answers.

        Raises:
            Failed: there is no such host, or none of its addresses may be connected to.
        """
        addresses = await self._resolver.addresses(host, port)
        allowed = [one for one in addresses if may_connect(host, port, one, self._exemptions)]
        if not allowed:
            raise Failed("private address", host if host == addresses[0] else f"{host} is {addresses[0]}")
        for address in allowed[:-1]:
            try:
                return await connect(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await connect(allowed[-1], port, timeout)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: a socket of this machine is no public place."""
        raise Failed("private address", path)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    def close(self) -> None:
        """End the threads."""
        self._resolver.close()


class _Resolver:
    """The system's resolver, in threads of its own, with a short memory."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LOOKUPS_AT_ONCE, thread_name_prefix="names")
        self._known: dict[tuple[str, int], tuple[float, list[str]]] = {}

    async def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of ``host`` in the system's order.

        Raises:
            Failed: there is no such host, or the resolver does not answer.
        """
        until, known = self._known.get((host, port), (0.0, []))
        if until > monotonic():
            return known
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host, port)
        except socket.gaierror as error:
            raise Failed("host not found", host, again=error.errno == socket.EAI_AGAIN) from error
        except (OSError, UnicodeError) as error:
            raise Failed("host not found", host) from error
        if len(self._known) >= _NAMES_KEPT:
            self._known.clear()
        self._known[host, port] = monotonic() + _SECONDS_KEPT, found
        return found

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
