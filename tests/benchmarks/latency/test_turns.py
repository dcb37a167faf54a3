"""The order of turns, and what becomes of a contender that falls out."""

import os
import signal
from collections import Counter
from itertools import pairwise

import pytest

from benchmarks.latency.field import running
from benchmarks.latency.plan import Plan
from benchmarks.latency.turns import orders, take_turns

PLAN = Plan(rounds=6, seconds=0.01, least_queries=3, most_queries=50, warmup_seconds=0.1, pause_seconds=0.0)


def test_two_alternate():
    assert orders(("a", "b"), 5) == (("a", "b"), ("b", "a"), ("a", "b"), ("b", "a"), ("a", "b"))


@pytest.mark.parametrize("count", range(1, 9))
def test_each_stands_everywhere_and_follows_each_other_equally_often(count):
    names = tuple("abcdefgh"[:count])
    rounds = 2 * count if count % 2 and count > 1 else count
    square = orders(names, rounds)
    assert all(sorted(row) == sorted(names) for row in square)
    places = Counter((place, name) for row in square for place, name in enumerate(row))
    assert len(set(places.values())) == 1
    follows = Counter(pair for row in square for pair in pairwise(row))
    assert len(follows) == count * (count - 1)
    assert len(set(follows.values())) <= 1
    assert orders(names, rounds + 1)[-1] == square[0]


def test_nobody_takes_no_turns():
    assert orders((), 6) == ()


def test_one_that_dies_falls_out_with_its_reason_and_the_others_go_on(contender, inputs, silent):
    with running([contender(name) for name in "abc"], inputs, PLAN, silent) as field:

        def kills_b_in_the_third_round(text, *, done=0, total=None):
            if text == "timed" and done == 2:
                os.kill(field._workers["b"].pid, signal.SIGABRT)

        samples = take_turns(field, PLAN, 2, kills_b_in_the_third_round, "timed")
        assert field.names == ("a", "c")
        assert field.failures == {"b": "killed by signal 6 (SIGABRT)"}
    assert set(samples) == {"a", "c"}
    assert [len(one.rounds) for one in samples.values()] == [6, 6]
    assert all(one.batch == 2 and one.warmup is not None for one in samples.values())
    assert all(
        wall >= sum(times) for one in samples.values() for wall, times in zip(one.wall_ns, one.rounds, strict=True)
    )
