"""A TCP connection to an address, with or without TLS, as httpcore wants it; cancelled at any point, it is closed.

stream = await connect("93.184.215.14", 443, timeout=5)
"""

import asyncio
import contextlib
import socket
import ssl
from typing import Any

import httpcore

from toolchain.data.fetching.outcome import Failed


async def connect(address: str, port: int, timeout: float | None) -> "Wire":  # noqa: ASYNC109
    """Return a connection to ``address``, an IPv4 or IPv6 address in text, within ``timeout`` seconds.

    Raises:
        httpcore.ConnectError: it was refused, or there is no way there.
        httpcore.ConnectTimeout: nobody answered.
    """
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        async with asyncio.timeout(timeout):
            await asyncio.get_running_loop().sock_connect(made, (address, port))
    except TimeoutError as error:
        made.close()
        raise httpcore.ConnectTimeout from error
    except OSError as error:
        made.close()
        raise httpcore.ConnectError from error
    except BaseException:
        made.close()
        raise
    return Wire(made)


class Wire(httpcore.AsyncNetworkStream):
    """A connected socket, which becomes a stream when it is first used: only then it is known whether TLS is spoken."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._ends is None:
            self._ends = await asyncio.open_connection(sock=self._socket)
        return self._ends

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Return up to so many bytes, none at the end."""
        reader, _ = await self._open()
        try:
            async with asyncio.timeout(timeout):
                return await reader.read(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        except OSError as error:
            raise httpcore.ReadError from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send all of it."""
        _, writer = await self._open()
        try:
            async with asyncio.timeout(timeout):
                writer.write(buffer)
                await writer.drain()
        except TimeoutError as error:
            raise httpcore.WriteTimeout from error
        except OSError as error:
            raise httpcore.WriteError from error

    async def aclose(self) -> None:
        """Close it, at once."""
        if self._ends is None:
            self._socket.close()
            return
        _, writer = self._ends
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> "Wire":
        """Shake hands with the server, which has to be the one of this name; a failure closes the connection.

        Raises:
            Failed: it cannot show that it is.
        """
        _, writer = await self._open()
        plain = writer.transport
        try:
            async with asyncio.timeout(timeout):
                await writer.start_tls(ssl_context, server_hostname=server_hostname)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error
        except ssl.SSLCertVerificationError as error:
            raise Failed("bad certificate", server_hostname or "") from error
        except OSError as error:
            raise httpcore.ConnectError from error
        except ValueError as error:  # a name that no certificate can have
            raise Failed("bad address", server_hostname or "") from error
        finally:
            if writer.transport is plain:
                plain.abort()
        return self

    def get_extra_info(self, info: str) -> Any:
        """Return "ssl_object", "socket", or whether there "is_readable" something; None for anything else."""
        if info == "ssl_object":
            return self._ends[1].get_extra_info("ssl_object") if self._ends else None
        if info == "socket":
            return self._socket
        if info == "is_readable":  # asked of an idle connection: has the server ended it?
            return self._ends is None or self._ends[0].at_eof() or self._ends[1].is_closing()
        return None
