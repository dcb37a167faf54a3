"""Requests over connections that are kept open for the next one to the same server.

httpx's own pool looks through all its connections for each request, several times; ours has a list per server, because
how many requests there are at once is decided elsewhere (``turns``).
"""

import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version

import httpcore
import httpx

from toolchain.data.fetching.connecting import CheckedBackend
from toolchain.data.fetching.limits import Limits

_SECONDS_KEPT = 5.0


class CheckedTransport(httpx.AsyncBaseTransport):
    """Connections to public addresses and to ``limits.private``, to nothing else; httpcore's errors come through.

    It is used without httpx's client, which reads cookies, redirects and the environment. There are no proxies: what
    they connect to could not be checked. Certificates are checked against certifi's, or those of SSL_CERT_FILE.
    """

    def __init__(self, limits: Limits) -> None:
        self._backend = CheckedBackend(limits.private)
        self._most = limits.concurrency
        self._idle: OrderedDict[httpcore.AsyncHTTPConnection, str] = OrderedDict()  # the oldest first
        self._of: dict[str, list[httpcore.AsyncHTTPConnection]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and return the answer when its headers are here."""
        url = request.url
        place = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        connection = await self._connection(place.origin)
        try:
            response = await connection.handle_async_request(
                httpcore.Request(request.method, place, headers=request.headers.raw, extensions=request.extensions)
            )
        except BaseException:
            await connection.aclose()
            raise
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response, connection, str(place.origin), self),
            extensions=response.extensions,
        )

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return httpx.create_ssl_context()  # reads two hundred certificates

    async def _connection(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection:
        while waiting := self._of.get(str(origin)):
            connection = waiting[-1]
            self._forget(connection)
            if connection.is_available() and not connection.has_expired():
                return connection
            await connection.aclose()
        return httpcore.AsyncHTTPConnection(
            origin,
            self._context if origin.scheme == b"https" else None,
            keepalive_expiry=_SECONDS_KEPT,
            network_backend=self._backend,
        )

    async def give_back(self, connection: httpcore.AsyncHTTPConnection, origin: str) -> None:
        """Keep a connection for the next request if it can serve one, and not more of them than there are requests."""
        if not connection.is_available():
            await connection.aclose()
            return
        self._idle[connection] = origin
        self._of.setdefault(origin, []).append(connection)
        if len(self._idle) > self._most:
            oldest = next(iter(self._idle))
            self._forget(oldest)
            await oldest.aclose()

    def _forget(self, connection: httpcore.AsyncHTTPConnection) -> None:
        origin = self._idle.pop(connection)
        waiting = self._of[origin]
        waiting.remove(connection)
        if not waiting:
            del self._of[origin]

    async def aclose(self) -> None:
        """Close every connection."""
        for connection in [*self._idle]:
            self._forget(connection)
            await connection.aclose()
        self._backend.close()


class _Body(httpx.AsyncByteStream):
    def __init__(
        self,
        response: httpcore.Response,
        connection: httpcore.AsyncHTTPConnection,
        origin: str,
        transport: CheckedTransport,
    ) -> None:
        self._response, self._connection, self._origin, self._transport = response, connection, origin, transport
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._response.aiter_stream():
            yield part

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            try:
                await self._response.aclose()
            except BaseException:  # cancelled before httpcore had let go of it
                await self._connection.aclose()
                raise
            await self._transport.give_back(self._connection, self._origin)


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
