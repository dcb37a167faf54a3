"""What a request held is let go of with its answer: no collector of cycles runs in these tests."""

import gc
import sys
import threading

import pytest
from gated_server import connect, depth, fill, head, until

from toolchain.serving import handling
from toolchain.serving.decoding import Decoding
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


def decodings():
    """Return how many pictures there are, waiting or done, in anybody's hands or in a cycle that nobody has."""
    return sum(isinstance(one, Decoding) for one in gc.get_objects())


@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WebP"])
@pytest.mark.parametrize("cut", [None, 60, 16])
def test_a_body_once_it_is_answered(serve, encode, bodies, device, form, cut):
    with serve(workers=1, device=device) as served:
        answer = served.post(encode(form=form, size=(64, 48))[:cut], f"image/{form.lower()}")
        assert answer.status_code == (422 if cut else 200)
        until(lambda: len(bodies) == 1 and held(bodies) == 0)
        until(lambda: decodings() == 0)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_picture_that_the_model_failed_at(serve, encode, bodies, device):
    def broken(batch):
        raise RuntimeError("no memory")

    with serve(broken, workers=1, device=device) as served:
        assert served.post(encode()).status_code == 503
        until(lambda: held(bodies) == 0)
        until(lambda: decodings() == 0)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_body_whose_decoding_failed_in_a_way_that_nobody_thought_of(serve, encode, bodies, device, monkeypatch):
    def broken(*_):
        raise MemoryError

    monkeypatch.setattr(handling, "read_pixels", broken)
    with serve(workers=1, device=device) as served:
        assert served.post(encode()).status_code == 500
        until(lambda: held(bodies) == 0)


def test_bodies_of_clients_that_are_gone(serve, gate, encode, bodies):
    with serve(gate, workers=1) as served:
        waiting = fill(served, gate, encode(), 4)
        for client in waiting[1:]:
            client.close()
        until(lambda: served.count("hung_up") == 3)
        until(lambda: held(bodies) == 0)  # that at the gate is decoded
        until(lambda: decodings() == 1)
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
