"""What tests of the server ask it with, byte by byte, and a model that stands still until it is let go."""

import socket
import threading
import time
from urllib.parse import urlsplit

import numpy as np

SCORES = np.array([[0.1, 0.2]], np.float32)


class Gate:
    """A model that stands still until it is let go, and counts the pictures that it has seen."""

    def __init__(self):
        self.open = threading.Event()
        self.busy = threading.Event()
        self.begun = []
        self.batches = []

    def __call__(self, batch):
        self.begun.append(len(batch))
        self.busy.set()
        assert self.open.wait(30)
        self.batches.append(len(batch))
        return np.repeat(SCORES, len(batch), 0)


def connect(served):
    parts = urlsplit(served.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=30)


def head(size, *, close=False):
    after = b"Connection: close\r\n" if close else b""
    return b"POST /v1/classify HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: %d\r\n%s\r\n" % (
        size,
        after,
    )


def depth(served):
    return served.watch.registry.get_sample_value("rct_queue_depth")


def until(condition):
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to that")


def fill(served, gate, content, count):
    """Return ``count`` clients, of whom all but the first wait for it."""
    clients = [connect(served) for _ in range(count)]
    for number, client in enumerate(clients):
        client.sendall(head(len(content)) + content)
        assert gate.busy.wait(30)
        until(lambda number=number: depth(served) == number)
    return clients


def answers(clients):
    found = [client.recv(4096) for client in clients]
    for client in clients:
        client.close()
    return found
