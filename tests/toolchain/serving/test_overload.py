"""Too many at once, too slow, gone before the answer: every client is answered, and what is held stays bounded."""

import asyncio
import threading
import time
from contextlib import suppress
from urllib.parse import urlsplit

import numpy as np
import pytest
from gated_server import SCORES, connect, depth, head, until


def test_a_thousand_at_once_are_all_answered(serve, encode):
    """1,000 connections, 32 places: each gets scores, or "review" with a hint when to come back."""
    content = encode()

    async def ask(served):
        parts = urlsplit(served.url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(head(len(content), close=True) + content)
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    async def all_at_once(served):
        return await asyncio.gather(*(ask(served) for _ in range(1000)))

    def slowly(batch):
        time.sleep(0.005)
        return np.repeat(SCORES, len(batch), 0)

    with serve(slowly, queue=32) as served:
        answers = asyncio.run(all_at_once(served))
        scored, refused = served.count("scored"), served.count("overloaded")
    assert len(answers) == 1000
    assert scored == sum(answer.startswith(b"HTTP/1.1 200") for answer in answers) >= 32
    assert refused == 1000 - scored
    for answer in answers:
        if not answer.startswith(b"HTTP/1.1 200"):
            assert answer.startswith(b"HTTP/1.1 503")
            assert b"retry-after: 1" in answer
            assert b'"verdict":"review"' in answer


def test_a_full_server_answers_before_the_body_has_come(serve, gate, encode):
    with serve(gate, queue=1, workers=1) as served, connect(served) as first, connect(served) as second:
        content = encode()
        first.sendall(head(len(content)) + content)
        assert gate.busy.wait(30)
        second.sendall(head(5_000_000))
        assert b"503" in second.recv(4096).splitlines()[0]
        gate.open.set()
        assert b"200" in first.recv(4096).splitlines()[0]


def test_an_answer_is_not_lost_with_the_body_that_nobody_reads(serve, gate, encode):
    with serve(gate, queue=1, workers=1) as served, connect(served) as first, connect(served) as second:
        content = encode()
        first.sendall(head(len(content)) + content)
        assert gate.busy.wait(30)
        second.sendall(head(8_000_000, close=True) + bytes(8_000_000))
        answer = b"".join(iter(lambda: second.recv(4096), b""))
        assert b"503" in answer.splitlines()[0]
        assert b'"verdict":"review"' in answer
        gate.open.set()


def test_bodies_together_are_bounded(serve, encode):
    with serve(max_bytes=10_000, queue=100) as served:
        clients = [connect(served) for _ in range(20)]
        try:
            for client in clients:
                client.sendall(head(10_000) + bytes(9_000))
            until(lambda: served.count("overloaded") == 3)  # 17 x 9,000 bytes are held, 160,000 may be
            assert served.watch.registry.get_sample_value("rct_requests_in_flight") == 17
        finally:
            for client in clients:
                client.close()
        until(lambda: served.count("hung_up") == 17)
        assert served.post(encode()).status_code == 200


def test_a_client_that_hangs_up_takes_its_picture_along(serve, gate, encode):
    with serve(gate, workers=1) as served:
        content = encode()
        with connect(served) as first:
            first.sendall(head(len(content)) + content)
            assert gate.busy.wait(30)
            with connect(served) as second:
                second.sendall(head(len(content)) + content)
                until(lambda: depth(served) == 1)
            until(lambda: served.count("hung_up") == 1)
            gate.open.set()
            assert b"200" in first.recv(4096).splitlines()[0]
    assert gate.batches == [1]


def test_no_score_in_time(serve, gate, encode):
    with serve(gate, workers=1, timeout=0.2) as served:
        answer = served.post(encode())
        assert (answer.status_code, answer.json()["verdict"], answer.json()["reason"]) == (504, "review", "timed_out")
        gate.open.set()
        assert served.post(encode()).status_code == 200


def test_a_decoder_that_does_not_end_keeps_its_place(serve, encode, monkeypatch):
    """Whoever comes while all of them are stuck is told so at once, and a balancer, too."""
    ends = threading.Event()

    def stuck(*_):
        assert ends.wait(30)

    with serve(workers=1, timeout=0.2) as served:
        with monkeypatch.context() as patched:
            patched.setattr("toolchain.serving.handling.read_pixels", stuck)
            assert served.post(encode()).json()["reason"] == "timed_out"
        try:
            answer = served.post(encode())
            assert (answer.status_code, answer.json()["reason"]) == (503, "overloaded")
            assert answer.json()["problem"] == "every decoder works on a picture that takes too long"
            assert answer.headers["Retry-After"] == "1"
            assert served.client.get("/readyz").json()["reason"] == "overloaded"
            assert (served.client.head("/readyz").status_code, served.client.get("/healthz").status_code) == (503, 200)
        finally:
            ends.set()
        until(lambda: served.client.get("/readyz").status_code == 200)
        assert served.post(encode()).status_code == 200
        assert served.watch.registry.get_sample_value("rct_requests_in_flight") == 0


def test_a_body_that_does_not_come(serve, encode):
    with serve(timeout=0.2) as served, connect(served) as client:
        client.sendall(head(1000) + b"\x89PNG")
        answer = client.recv(4096)
        assert b"408" in answer.splitlines()[0]
        assert b'"verdict":"review"' in answer


@pytest.mark.parametrize("sent", [b"", b"POST /v1/cl", head(1000)], ids=["nothing", "half a head", "no body"])
def test_a_request_that_is_never_complete_loses_its_connection(serve, encode, sent, monkeypatch):
    monkeypatch.setattr("toolchain.serving.server._GRACE", 0.3)
    with serve(timeout=0.1) as served, connect(served) as client:
        client.sendall(sent)
        client.settimeout(20)
        with suppress(ConnectionError):
            while client.recv(4096):  # an answer perhaps, and then the end: without it this times out
                pass


def test_a_length_that_lies(serve, encode):
    """A body that is longer than announced is another request to HTTP; one without a length is counted."""
    with serve(max_bytes=1000) as served:
        answer = served.client.post(
            "/v1/classify",
            content=(bytes(500) for _ in range(100)),
            headers={"Content-Type": "image/png"},
        )
        assert (answer.status_code, answer.json()["reason"]) == (413, "too_large")
        content = encode()
        with connect(served) as client:
            client.sendall(head(len(content)) + content + bytes(100))
            assert b"400" in client.recv(4096).splitlines()[0]  # what is over is no request
        with connect(served) as client:
            client.sendall(head(10**30))
            assert b"400" in client.recv(4096).splitlines()[0]  # more than 64 bits
        with connect(served) as client:
            client.sendall(head(10**15))
            assert b"413" in client.recv(4096).splitlines()[0]


def test_what_was_begun_is_answered_before_the_end(serve, gate, encode):
    content = encode()
    with serve(gate, workers=1) as served, connect(served) as client:
        client.sendall(head(len(content)) + content)
        assert gate.busy.wait(30)
        served.server.should_exit = True
        until(lambda: not served.server.servers or not served.server.servers[0].is_serving())
        gate.open.set()
        assert b"200" in client.recv(4096).splitlines()[0]
