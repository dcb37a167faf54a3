"""Who is scored when, and with whom: turns by arrival, batches, and workers that outlive what happens in a turn."""

import asyncio
import threading
import time

import numpy as np
import pytest
from gated_server import SCORES, answers, connect, depth, fill, head, until

from toolchain.serving import batching
from toolchain.serving.decoding import Decoding
from toolchain.serving.pixels import read_pixels
from toolchain.serving.queueing import Line, Waiting
from toolchain.serving.settings import Settings
from toolchain.serving.watching import Watch


def test_a_long_line_is_scored_in_whole_batches(serve, gate, encode):
    """One at a time, and four where twice as many wait: who came first does not wait for those behind."""
    with serve(gate, workers=1, batch=4) as served:
        clients = fill(served, gate, encode(), 12)
        gate.open.set()
        assert all(b"200" in answer.splitlines()[0] for answer in answers(clients))
    assert gate.batches == [1, 4] + 7 * [1]


def test_a_picture_that_cannot_be_decoded_costs_its_batch_nothing(serve, gate, encode):
    """What is left of the batch goes in sizes that the model has met before: one at a time."""
    with serve(gate, workers=1, batch=2) as served:
        clients = fill(served, gate, encode(), 1)
        for number, content in enumerate((encode()[:40], encode(), encode(), encode()), 1):
            clients.append(connect(served))
            clients[-1].sendall(head(len(content)) + content)
            until(lambda number=number: depth(served) == number)
        gate.open.set()
        first, broken, *others = answers(clients)
    assert b"422" in broken.splitlines()[0]
    assert all(b"200" in answer.splitlines()[0] for answer in (first, *others))
    assert gate.batches == 4 * [1]


def test_answers_come_in_the_order_of_arrival(serve, gate, encode):
    """Decoding and the run are one turn, and turns go by arrival."""
    seen = []

    def predict(batch):
        seen.extend(batch[:, 0, 0, 0].tolist())
        return gate(batch)

    with serve(predict, workers=1) as served:
        clients = [connect(served) for _ in range(6)]
        for red, client in enumerate(clients):
            content = encode((red, 0, 0))
            client.sendall(head(len(content)) + content)
            assert gate.busy.wait(30)
            until(lambda red=red: depth(served) == red)
        gate.open.set()
        assert all(b"200" in answer.splitlines()[0] for answer in answers(clients))
    assert seen == list(range(6))


def test_workers_of_a_gpu_share_what_waits(serve, gate, encode):
    """Two pictures that wait for one of two workers: it takes one, and leaves one to the other."""
    with serve(gate, workers=2, batch=8, device="cuda") as served:
        content = encode()
        clients = [connect(served) for _ in range(6)]
        for index, client in enumerate(clients):
            client.sendall(head(len(content)) + content)
            until(lambda index=index: len(gate.begun) == min(2, index + 1) and depth(served) == max(0, index - 1))
        gate.open.set()
        for client in clients:
            assert b"200" in client.recv(4096).splitlines()[0]
            client.close()
    assert max(gate.batches) == 2
    assert sum(gate.batches) == 6


def test_a_run_waits_for_company_if_it_is_told_to(serve, gate, encode):
    gate.open.set()
    with serve(gate, workers=1, batch=2, batch_wait=20.0) as served:
        content = encode()
        with connect(served) as first, connect(served) as second:
            first.sendall(head(len(content)) + content)
            second.sendall(head(len(content)) + content)
            assert b"200" in first.recv(4096).splitlines()[0]
    assert gate.batches == [2]


def test_a_worker_whose_company_another_one_took_stays():
    """Both wait for company of the same picture; the one that comes too late waits for the next."""
    line = Line(Settings(workers=2, batch=2, batch_wait=0.1), Watch())
    taken = []

    def work():
        while batch := line.take():
            taken.append(batch)

    workers = [threading.Thread(target=work, daemon=True) for _ in range(2)]
    for worker in workers:
        worker.start()
    for count in range(1, 6):
        line.put(Waiting(Decoding(lambda: None)))
        time.sleep(0.01)  # one worker waits for company by now, so the other one is woken
        line.put(Waiting(Decoding(lambda: None)))
        until(lambda count=count: sum(map(len, taken)) == 2 * count)
    assert all(worker.is_alive() for worker in workers)
    line.close()
    for worker in workers:
        worker.join(30)
        assert not worker.is_alive()


def test_a_picture_whose_time_ends_while_it_is_decoded_is_not_run(serve, encode, monkeypatch):
    over, seen = threading.Event(), []

    def slowly(*arguments):
        assert over.wait(30)
        return read_pixels(*arguments)

    def predict(batch):
        seen.extend(batch[:, 0, 0, 0].tolist())
        return np.repeat(SCORES, len(batch), 0)

    with serve(predict, workers=1, timeout=0.5) as served:
        with monkeypatch.context() as patched:
            patched.setattr("toolchain.serving.handling.read_pixels", slowly)
            assert served.post(encode((7, 0, 0))).json()["reason"] == "timed_out"
            over.set()
        until(lambda: served.post(encode((8, 0, 0))).status_code == 200)
    assert set(seen) == {8}


def test_a_worker_outlives_what_nobody_thought_of(serve, encode, monkeypatch):
    def broken(*_):
        raise RuntimeError("nobody thought of this")

    with serve(workers=1) as served:
        with monkeypatch.context() as patched:
            patched.setattr(batching, "run", broken)
            answer = served.post(encode())
        assert (answer.status_code, answer.json()["reason"]) == (503, "failed")
        assert served.post(encode()).status_code == 200


def test_where_a_thread_cannot_start_those_before_it_end(monkeypatch):
    started, start = [], threading.Thread.start

    def third_fails(thread):
        if len(started) == 2 and thread.name.startswith("Thread"):
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    async def begin():
        with monkeypatch.context() as patched:
            patched.setattr(batching.Thread, "start", third_fails)
            async with batching.batching(lambda _: SCORES, Settings(workers=3), Watch()):
                raise AssertionError("it began")

    with pytest.raises(RuntimeError, match="can't start new thread"):
        asyncio.run(begin())
    assert not any(thread.is_alive() for thread in started)
