"""Shares of time, counted by hand."""

import pytest

from benchmarks.why import shares
from benchmarks.why.shares import FEWEST_RUNS, MOST_RUNS, WARMUP_RUNS, NodeTime, operator_times, repeat


def test_a_node_counts_with_the_median_of_its_runs():
    runs = {("a", "Conv"): (60, 70, 9000), ("b", "Conv"): (20, 20, 20), ("c", "Add"): (10, 10, 10)}
    times = [NodeTime(node, operator, ns) for (node, operator), found in runs.items() for ns in found]
    convolutions, additions = operator_times(times)
    assert (convolutions.operator, convolutions.nodes) == ("Conv", 2)
    assert convolutions.share == pytest.approx(0.9)  # 70 + 20 of 100
    assert (additions.operator, additions.nodes) == ("Add", 1)
    assert additions.share == pytest.approx(0.1)


def test_no_time_is_no_share():
    assert operator_times([]) == ()
    assert operator_times([NodeTime("a", "Conv", 0)]) == ()


@pytest.mark.parametrize(("seconds", "expected"), [(0, FEWEST_RUNS), (60, MOST_RUNS)])
def test_runs_are_counted_without_the_warm_up(seconds, expected, monkeypatch):
    monkeypatch.setattr(shares, "SECONDS", seconds)
    calls = []
    runs = repeat(lambda: calls.append(1))
    assert runs == expected
    assert len(calls) == WARMUP_RUNS + runs
