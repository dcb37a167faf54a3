"""How many requests a host sees at once, how far apart, and how often."""

import asyncio
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from random import Random

import pytest
from hostile_server import reply
from hypothesis import given, settings
from hypothesis import strategies as st

from toolchain.data.fetching.outcome import Failed
from toolchain.data.fetching.retrying import Backoff, may_help, retry_after
from toolchain.data.fetching.turns import Turns

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def together(data, count):
    """Answer when ``count`` requests are there at once, or nobody else comes."""
    barrier = threading.Barrier(count)

    def answer(visit):
        with suppress(threading.BrokenBarrierError):
            barrier.wait(0.3)
        visit.send(reply(200, data))

    return answer


def test_a_host_sees_no_more_requests_at_once_than_that(server, fetched, encoded, limits):
    server.answers |= dict.fromkeys(("/a", "/b", "/c", "/d", "/e", "/f"), together(encoded(), 3))
    fetched(*({"urls": [server.url(path)]} for path in server.answers), limits=replace(limits, per_host=3))
    assert server.most_at_once == 3


def test_all_hosts_together_see_no_more_either(server, fetched, encoded, limits):
    server.answers |= dict.fromkeys(("/a", "/b", "/c", "/d"), together(encoded(), 2))
    fetched(*({"urls": [server.url(path)]} for path in server.answers), limits=replace(limits, concurrency=2))
    assert server.most_at_once == 2


def test_requests_to_one_host_begin_apart(server, fetched, encoded, limits):
    server.answers |= dict.fromkeys(map("/{}".format, range(5)), reply(200, encoded()))
    fetched(*({"urls": [server.url(path)]} for path in server.answers), limits=replace(limits, gap=0.1))
    assert server.times[-1] - server.times[0] > 0.3  # four gaps, less what the wire takes


def test_retry_after_is_waited_for_by_everyone(server, fetched, encoded, limits):
    good = reply(200, encoded())
    server.answers["/a"] = lambda visit: visit.send(good if visit.number > 1 else reply(429, Retry_After="1"))
    server.answers["/b"] = good
    rows = fetched(
        {"urls": [server.url("/a")]}, {"urls": [server.url("/b")]}, limits=replace(limits, concurrency=1, per_host=1)
    )
    assert [row.status for row in rows] == ["ok", "ok"]
    assert server.times[1] - server.times[0] > 0.9


def test_a_host_that_asks_for_hours_is_left_alone(server, fetched, limits):
    server.answers["/a"] = reply(429, Retry_After="7200")
    rows = fetched(
        {"urls": [server.url("/a")]}, {"urls": [server.url("/b")]}, limits=replace(limits, concurrency=1, per_host=1)
    )
    assert [(row.status, row.detail) for row in rows] == [("asked to wait", "longer than 600 s")] * 2
    assert server.visits == {"/a": 1}


def test_who_waits_for_a_busy_host_is_in_nobodys_way():
    async def scene():
        turns = Turns(at_once=2, per_host=1, gap=0)
        order = []

        async def visit(host, name, until=None):
            async with turns.turn(host):
                order.append(name)
                if until:
                    await until.wait()

        done = asyncio.Event()
        first = asyncio.create_task(visit("busy", "first", done))
        await asyncio.sleep(0)
        waiting = [asyncio.create_task(visit("busy", f"waiting {number}")) for number in range(3)]
        await asyncio.sleep(0)
        await asyncio.wait_for(visit("free", "free"), 1)
        done.set()
        await asyncio.gather(first, *waiting)
        return order

    assert asyncio.run(scene()) == ["first", "free", "waiting 0", "waiting 1", "waiting 2"]


def test_hosts_that_nobody_waits_for_are_forgotten():
    async def scene():
        turns = Turns(at_once=1, per_host=1, gap=0)
        for number in range(3000):
            async with turns.turn(f"host {number}"):
                pass
        turns.hold("host 7", 1000)
        with pytest.raises(Failed, match="asked to wait"):
            async with turns.turn("host 7"):
                pass
        return len(turns._hosts)

    assert asyncio.run(scene()) <= 1025


def test_waits_are_uniform_below_a_bound_that_doubles():
    backoff = Backoff(tries=6, first=1, longest=10, random=Random(7))
    waits = list(zip(*(backoff.waits() for _ in range(2000)), strict=True))
    for column, bound in zip(waits, (1, 2, 4, 8, 10), strict=True):
        assert 0 <= min(column) < 0.05 * bound
        assert 0.95 * bound < max(column) <= bound
        assert abs(sum(column) / len(column) - bound / 2) < 0.05 * bound
    assert list(Backoff(tries=4, random=Random(3)).waits()) == list(Backoff(tries=4, random=Random(3)).waits())
    assert not list(Backoff(tries=1).waits())


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_these_may_pass(status):
    assert may_help(status)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 418, 451])
def test_these_stay(status):
    assert not may_help(status)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        (format_datetime(datetime(2026, 1, 2, 3, 5, 5, tzinfo=UTC), usegmt=True), 60),
        ("Fri, 02 Jan 2026 03:04:35 -0000", 30),
        ("Fri, 02 Jan 2026 03:04:00 GMT", 0),
        ("-5", 0),
        ("soon", 0),
        ("", 0),
        (None, 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(value, seconds):
    assert retry_after(value, NOW) == seconds


@settings(max_examples=30)
@given(st.text())
def test_retry_after_reads_anything(value):
    assert retry_after(value, NOW) >= 0
