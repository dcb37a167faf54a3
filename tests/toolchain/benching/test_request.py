"""From the words of the command line to a plan."""

import os

import pytest

from models.errors import UnknownName, UserError
from toolchain.benching.request import Request, plan_of, settings_of


def test_nothing_said_is_one_query_after_another():
    plan = plan_of(Request())
    assert plan.scenarios == ("single_stream",)
    assert plan.cores is None
    assert not plan.explain


def test_a_quick_look_is_shorter_in_both_ways():
    quick, whole = plan_of(Request(quick=True)), plan_of(Request())
    assert quick.rounds < whole.rounds
    assert quick.seconds < whole.seconds
    assert plan_of(Request(quick=True, rounds=9, seconds=2)).rounds == 9


def test_a_bound_asks_for_the_server():
    assert plan_of(Request(latency_bound_ms=50)).scenarios == ("single_stream", "server")
    assert plan_of(Request(latency_bound_ms=50, scenarios=("offline",))).scenarios == ("offline", "server")
    assert plan_of(Request(scenarios=("single-stream", "single_stream"))).scenarios == ("single_stream",)


def test_all_leaves_the_server_out_where_it_has_no_bound():
    assert "server" not in plan_of(Request(scenarios=("all",))).scenarios
    assert set(plan_of(Request(scenarios=("all",), latency_bound_ms=9)).scenarios) == {
        "single_stream",
        "multi_stream",
        "offline",
        "server",
    }


def test_batches_and_cores_go_into_the_plan():
    core = min(os.sched_getaffinity(0))
    plan = plan_of(Request(batches=(1, 4), cores=(core,)))
    assert (plan.batches, plan.cores) == ((1, 4), (core,))


def test_what_makes_no_sense_is_refused():
    with pytest.raises(
        UserError, match=r"^scenario server: wants a bound for its 99th percentile\. Give --latency-bound"
    ):
        plan_of(Request(scenarios=("server",)))
    with pytest.raises(UnknownName, match=r"^scenario: unknown name \(got 'burst'\)\. Known: all, multi_stream"):
        plan_of(Request(scenarios=("burst",)))
    with pytest.raises(UserError, match=r"^--cores: not a core that we may use \(got 4095\)\. Choose among "):
        plan_of(Request(cores=(4095,)))


def test_settings_are_names_with_values():
    assert settings_of(["cuda_graph=1", "name=a=b"]) == {"cuda_graph": "1", "name": "a=b"}
    for word in ("cuda_graph", "=1"):
        with pytest.raises(UserError, match=r"^--setting: not name=value \(got '.*'\)\. Give it as enable_"):
            settings_of([word])
