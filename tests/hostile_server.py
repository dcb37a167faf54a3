"""A real HTTP server that answers each path with the bytes that a test gives, and lets it misbehave as it likes."""

import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Visit:
    """A request and the wire that it came over."""

    path: str
    headers: dict[str, str]
    number: int  # of the visits to this path, from 1 on
    send: Callable[[bytes], None]


@dataclass
class HostileServer:
    """``answers[path]`` is what goes over the wire, or does the talking itself; other paths are not found."""

    answers: dict[str, bytes | Callable[[Visit], None]] = field(default_factory=dict)
    visits: Counter = field(default_factory=Counter)
    headers: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    port: int = 0
    gone: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def answer(self, wire) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            received = wire.recv(65536)
            if not received:
                return
            head += received
        first, *lines = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
        path = first.split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        with self._lock:
            self.visits[path] += 1
            self.headers.append(headers)
            self.times.append(time.monotonic())
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            visit = Visit(path, headers, self.visits[path], wire.sendall)
        try:
            answer = self.answers.get(path, reply(404, b"nothing here"))
            if callable(answer):
                answer(visit)
            else:
                wire.sendall(answer)
        finally:
            with self._lock:
                self.at_once -= 1


class Listening:
    """Run a server in threads of this process while the block runs."""

    def __init__(self, server: HostileServer, tls=None) -> None:
        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                try:
                    with tls.wrap_socket(self.request, server_side=True) if tls else self.request as wire:
                        server.answer(wire)
                except OSError:
                    pass  # the client has gone, which is what some answers are for

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 128

        self.server = server
        self._listener = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> HostileServer:
        self.server.port = self._listener.server_address[1]
        self._thread.start()
        return self.server

    def __exit__(self, *_: object) -> None:
        self.server.gone.set()
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()


def reply(status: int, body: bytes = b"", **headers: object) -> bytes:
    """Return an answer; a header that is None is left out."""
    lines = {"Content-Length": len(body), "Content-Type": "image/jpeg", "Connection": "close"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    told = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
    return f"HTTP/1.1 {status} Whatever\r\n{told}\r\n".encode("latin-1") + body
