"""What a request held is let go of with its answer: no collector of cycles runs in these tests."""

import gc
import sys
import threading
import weakref

import pytest
from gated_server import connect, depth, fill, head, until

from toolchain.serving import body, handling
from toolchain.serving.pixels import read_pixels


@pytest.fixture(autouse=True)
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def bodies(monkeypatch):
    """The bodies that were read."""
    found, read_body = [], handling.read_body

    async def watched(*arguments):
        found.append(await read_body(*arguments))
        return found[-1]

    monkeypatch.setattr(handling, "read_body", watched)
    return found


def held(bodies):
    """Return how many of them anybody but the list itself holds."""
    alone = [object()]
    return sum(sys.getrefcount(bodies[index]) > sys.getrefcount(alone[0]) for index in range(len(bodies)))


def watched(original, found):
    """Return a class like ``original``; weak references to what is made of it go to ``found``."""

    class Watched(original):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            found.append(weakref.ref(self))

    return Watched


@pytest.fixture
def decodings(monkeypatch):
    """Weak references to the pictures that were to be decoded: they have the pixels, if nothing else."""
    found = []
    monkeypatch.setattr(handling, "Decoding", watched(handling.Decoding, found))
    return found


def alive(references):
    return sum(one() is not None for one in references)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WebP"])
@pytest.mark.parametrize("cut", [None, 60, 16])
def test_a_body_once_it_is_answered(serve, encode, bodies, decodings, device, form, cut):
    with serve(workers=1, device=device) as served:
        answer = served.post(encode(form=form, size=(64, 48))[:cut], f"image/{form.lower()}")
        assert answer.status_code == (422 if cut else 200)
        until(lambda: len(bodies) == 1 and held(bodies) == 0)
        until(lambda: len(decodings) == 1 and alive(decodings) == 0)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_picture_that_the_model_failed_at(serve, encode, bodies, decodings, device):
    def broken(batch):
        raise RuntimeError("no memory")

    with serve(broken, workers=1, device=device) as served:
        assert served.post(encode()).status_code == 503
        until(lambda: held(bodies) == 0)
        until(lambda: len(decodings) == 1 and alive(decodings) == 0)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_body_whose_decoding_failed_in_a_way_that_nobody_thought_of(serve, encode, bodies, device, monkeypatch):
    def broken(*_):
        raise MemoryError

    monkeypatch.setattr(handling, "read_pixels", broken)
    with serve(workers=1, device=device) as served:
        assert served.post(encode()).status_code == 500
        until(lambda: held(bodies) == 0)


def test_bodies_of_clients_that_are_gone(serve, gate, encode, bodies, decodings):
    with serve(gate, workers=1) as served:
        waiting = fill(served, gate, encode(), 4)
        for client in waiting[1:]:
            client.close()
        until(lambda: served.count("hung_up") == 3)
        until(lambda: held(bodies) == 0)  # that at the gate is decoded
        until(lambda: len(decodings) == 4 and alive(decodings) == 1)
        assert depth(served) == 0
        gate.open.set()
        assert b"200" in waiting[0].recv(4096).splitlines()[0]
        waiting[0].close()


def test_bodies_that_wait_for_a_decoder_of_a_gpu(serve, encode, bodies, monkeypatch):
    busy, over = threading.Event(), threading.Event()

    def slowly(*arguments):
        busy.set()
        assert over.wait(30)
        return read_pixels(*arguments)

    monkeypatch.setattr(handling, "read_pixels", slowly)
    content = encode()
    with serve(workers=1, device="cuda", decoders=1) as served:
        try:
            clients = [connect(served) for _ in range(4)]
            for client in clients:
                client.sendall(head(len(content)) + content)
                assert busy.wait(30)
            until(lambda: len(bodies) == 4)
            for client in clients:
                client.close()
            until(lambda: served.count("hung_up") == 4)
            until(lambda: held(bodies) == 1)  # that of the decoder, which cannot be stopped
        finally:
            over.set()
        until(lambda: held(bodies) == 0)


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_that_is_too_long(serve, monkeypatch, declared):
    """Its refusal has the frame that read it, and so what was read: who holds the one holds the other."""
    refusals = []
    monkeypatch.setattr(body, "Refused", watched(body.Refused, refusals))
    piece = bytes(20_000)
    start = b"POST /v1/classify HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
    chunk = b"%x\r\n%s\r\n" % (len(piece), piece)
    chunked = start + b"Transfer-Encoding: chunked\r\n\r\n" + 2 * chunk + b"0\r\n\r\n"
    with serve(workers=1, max_bytes=30_000) as served:
        for count in range(1, 4):
            with connect(served) as client:
                client.sendall(head(2 * len(piece)) + 2 * piece if declared else chunked)
                assert b"413" in client.recv(4096).splitlines()[0]
            until(lambda count=count: len(refusals) == count and alive(refusals) == 0)
