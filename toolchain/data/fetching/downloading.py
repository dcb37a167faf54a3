"""One address, its redirects followed by hand, into a file."""

import asyncio
import math
import zlib
from collections.abc import Iterator
from contextlib import aclosing, suppress

import httpcore
import httpx

from toolchain.data.fetching.limits import Limits
from toolchain.data.fetching.outcome import Failed
from toolchain.data.fetching.retrying import may_help, retry_after
from toolchain.data.fetching.spool import Spool
from toolchain.data.fetching.transport import request_for
from toolchain.data.fetching.turns import Turns

MAX_REDIRECTS = 5
_CHUNK = 65536
_SECONDS_FOR_NOTHING = 1.0
_MOVED = {301, 302, 303, 307, 308}


async def download(transport: httpx.AsyncBaseTransport, url: str, target: Spool, turns: Turns, limits: Limits) -> None:
    """Write what is at ``url`` into ``target``, from its beginning on.

    Each hop of a redirect has its turn with its own host, and is checked as the first address is.

    Raises:
        Failed: there is nothing there that we take.
    """
    where = _address(url, "")
    for _ in range(MAX_REDIRECTS + 1):
        async with turns.turn(_host(where)):
            target.restart()
            moved = await _request(transport, where, target, turns, limits)
        if moved is None:
            return
        where = moved
    raise Failed("too many redirects", f"more than {MAX_REDIRECTS}")


def _address(text: str, redirected: str) -> httpx.URL:
    try:
        url = httpx.URL(redirected).join(text) if redirected else httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise Failed("bad address", f"{'redirected to ' if redirected else ''}{text[:200]!r}") from error
    if url.scheme not in {"http", "https"} or not url.raw_host:
        raise Failed("bad address", f"{'redirected to ' if redirected else ''}{text[:200]!r} is not http")
    return url


def _host(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")


async def _request(
    transport: httpx.AsyncBaseTransport, url: httpx.URL, target: Spool, turns: Turns, limits: Limits
) -> httpx.URL | None:
    """Return where it was moved to, or None when it has been written."""
    try:
        async with asyncio.timeout(limits.timeout):
            response = await transport.handle_async_request(request_for(url, limits))
            async with aclosing(response):
                if response.status_code == 200:
                    await _write(response, target, limits.max_bytes)
                    return None
                await _empty(response)
    except (TimeoutError, httpcore.TimeoutException) as error:
        raise Failed("timed out", again=True) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        refused = isinstance(error, httpcore.ConnectError)
        raise Failed("no connection" if refused else "connection lost", again=True) from error
    if response.status_code in _MOVED and "location" in response.headers:
        return _address(response.headers["location"], str(url))
    if response.status_code in {429, 503}:
        turns.hold(_host(url), retry_after(response.headers.get("retry-after")))
    raise Failed(f"http {response.status_code}", again=may_help(response.status_code))


async def _empty(response: httpx.Response) -> None:
    """Read a small body that nobody needs, so that the connection can serve the next request."""
    if _announced(response) <= _CHUNK:
        with suppress(TimeoutError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException):
            async with asyncio.timeout(_SECONDS_FOR_NOTHING):
                async for _ in response.aiter_raw():
                    pass


def _announced(response: httpx.Response) -> float:
    length = response.headers.get("content-length", "")
    return float(length) if length.isdecimal() else math.inf


async def _write(response: httpx.Response, target: Spool, most: int) -> None:
    """Write the body, without the encoding that it travelled in.

    We ask for none; servers use one all the same, and a small body may stand for a huge one.
    """
    if most < _announced(response) < math.inf:
        raise Failed("too many bytes", f"more than {most:,}")
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    inflater = None if encoding in {"identity", ""} else _inflater(encoding)
    written = 0
    async for chunk in response.aiter_raw():
        for part in _inflated(inflater, chunk) if inflater else (chunk,):
            written += len(part)
            if written > most:
                raise Failed("too many bytes", f"more than {most:,}")
            target.write(part)
    if inflater and not inflater.eof:
        raise Failed("bad encoding", f"{encoding} without an end")


def _inflater(encoding: str) -> "zlib._Decompress":
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise Failed("bad encoding", f"{encoding[:40]} was not asked for")
    return zlib.decompressobj(47)  # gzip's header or zlib's, whichever it is


def _inflated(inflater: "zlib._Decompress", chunk: bytes) -> Iterator[bytes]:
    try:
        yield inflater.decompress(chunk, _CHUNK)
        while inflater.unconsumed_tail:
            yield inflater.decompress(inflater.unconsumed_tail, _CHUNK)
    except zlib.error as error:
        raise Failed("bad encoding", "damaged") from error
