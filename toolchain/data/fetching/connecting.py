"""Connections that go only where they may.

Names are resolved here, every address is checked, and the one that passed is connected to, so that a name cannot mean
another place a moment later. The name stays what the server hears of: in the Host header, in TLS, and in the check of
its certificate.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from time import monotonic

import httpcore
import httpx

from toolchain.data.fetching.addresses import Exemption, may_connect
from toolchain.data.fetching.limits import Limits
from toolchain.data.fetching.outcome import Failed

_LOOKUPS_AT_ONCE = 16
_NAMES_KEPT, _SECONDS_KEPT = 2048, 60.0


class CheckedTransport(httpx.AsyncBaseTransport):
    """A pool of connections to public addresses and to ``limits.private``; httpcore's errors come through as they are.

    It is used without httpx's client, which reads cookies, redirects and the environment. There are no proxies: what
    they connect to could not be checked. Certificates are checked against certifi's, or those of SSL_CERT_FILE.
    """

    def __init__(self, limits: Limits) -> None:
        self._backend = _CheckedBackend(limits.private)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=None,  # there are never more requests at once than ``limits.concurrency``
            max_keepalive_connections=limits.concurrency,
            keepalive_expiry=5.0,
            network_backend=self._backend,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and return the answer when its headers are here."""
        address = request.url
        response = await self._pool.handle_async_request(
            httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=address.raw_scheme, host=address.raw_host, port=address.port, target=address.raw_path
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response), extensions=response.extensions
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()
        self._backend.close()


def request_for(url: httpx.URL, limits: Limits) -> httpx.Request:
    """Return what we ask for a picture with."""
    headers = {"User-Agent": user_agent(), "Accept": "*/*", "Accept-Encoding": "identity"}
    timeout = httpx.Timeout(min(limits.idle, limits.timeout))
    return httpx.Request("GET", url, headers=headers, extensions={"timeout": timeout.as_dict()})


@cache
def user_agent() -> str:
    """Return how we introduce ourselves."""
    try:
        return f"rct/{version('rct')} (fetches labelled pictures)"
    except PackageNotFoundError:
        return "rct (fetches labelled pictures)"


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._response.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()


class _CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to an address of the host that may be connected to."""

    def __init__(self, exemptions: tuple[Exemption, ...]) -> None:
        self._exemptions = exemptions
        self._plain = httpcore.AnyIOBackend()
        self._resolver = _Resolver()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._resolver.addresses(host, port)
        allowed = [one for one in addresses if may_connect(host, port, one, self._exemptions)]
        if not allowed:
            raise Failed("private address", host if host == addresses[0] else f"{host} is {addresses[0]}")
        for address in allowed[:-1]:
            try:
                return await self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._plain.connect_tcp(allowed[-1], port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        raise Failed("private address", path)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def close(self) -> None:
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


def is_bad_certificate(error: BaseException) -> bool:
    """Return whether a connection failed because the server could not show who it is."""
    cause = error.__cause__ or error.__context__
    return isinstance(cause, ssl.SSLCertVerificationError) or (cause is not None and is_bad_certificate(cause))
