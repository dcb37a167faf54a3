"""uvicorn with our limits: a socket, a loop, and an end that lets the requests under way finish."""

import logging
import signal
import socket
import sys

import uvicorn
from fastapi import FastAPI

from models.errors import UserError
from toolchain.serving.protocol import timed_protocol
from toolchain.serving.settings import Settings

_BACKLOG = 2048
_SPARE_CONNECTIONS = 4096
_GRACE = 5.0


def bind(host: str, port: int) -> socket.socket:
    """Return a TCP socket bound to the address; port 0 is any free one. It does not listen yet.

    Raises:
        UserError: the address cannot be had.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
        except OSError:
            bound.close()
            raise
    except OSError as error:
        raise UserError(
            f"address {host}:{port}", f"cannot be listened on ({error.strerror})", "Give another --host or --port."
        ) from error
    return bound


def url_of(bound: socket.socket) -> str:
    """Return the address that a socket is bound to, as ``http://127.0.0.1:8000``."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def make_server(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """Return a server that is not running yet."""
    config = uvicorn.Config(
        app,
        http=timed_protocol(settings.timeout + _GRACE),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        limit_concurrency=settings.queue + _SPARE_CONNECTIONS,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=int(settings.timeout + _GRACE),
    )
    return uvicorn.Server(config)


def log_to_stderr(level: int) -> None:
    """Send what the server logs to standard error, a line each."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    for name, least in (("rct.serve", level), ("uvicorn.error", logging.ERROR)):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(least)
        logger.propagate = False


def run_until_told(server: uvicorn.Server, bound: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM, then answer what was begun, within its time, and return.

    uvicorn raises the signal again once it is done; here that is no error.
    """
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.run(sockets=[bound])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
