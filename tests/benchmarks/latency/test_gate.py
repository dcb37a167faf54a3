"""What two reports differ in, and what of it is a regression."""

import numpy as np
import pytest
from latency_reports import HERE, parity, report, row, steady
from simulated import samples

from benchmarks.latency.change import Differences
from benchmarks.latency.differences import differences
from benchmarks.latency.environment import Gpu
from benchmarks.latency.gate import blind, regressions
from benchmarks.latency.plan import Plan
from models.errors import UserError


def gated(before, after, allowance=0.05):
    found = differences(before, after)
    assert Differences.model_validate_json(found.model_dump_json()) == found
    return regressions(found, allowance), found


def changed_row(before, after):
    return gated(report(before), report(after))


def exactly(ms, batch=1):
    return samples([[ms] * 9] * 12, batch=batch)


def offline(*batches):
    return {"offline": tuple(steady(10.0 * batch, batch=batch, seed=batch) for batch in batches)}


def server(*rates, bound_ms=50):
    """Trials at these rates, of which the last failed."""
    kept = [samples([[5.0] * 70] * 6, rate=rate, bound_ns=bound_ms * 10**6) for rate in rates[:-1]]
    return {"server": (*kept, samples([[5.0] * 69 + [500.0]] * 6, rate=rates[-1], bound_ns=bound_ms * 10**6))}


BOUND = Plan(latency_bound_ms=50)


@pytest.mark.parametrize(
    ("factor", "allowance", "slower"), [(1.0, 0.05, False), (1.04, 0.05, False), (1.04, 0.02, True), (0.5, 0.0, False)]
)
def test_slower_beyond_noise_and_allowance(factor, allowance, slower):
    lines, found = gated(report(row("a", seed=1)), report(row("a", 10 * factor, seed=2)), allowance)
    assert bool(lines) == slower
    assert found.times[0].ratio == pytest.approx(factor, rel=0.01)
    assert found.times[0].after / found.times[0].before == pytest.approx(found.times[0].ratio)


def test_the_line_says_by_how_much_and_how_sure():
    before, after = ({"offline": tuple(exactly(ms * batch, batch) for batch in (1, 8))} for ms in (10, 12))
    lines, found = changed_row(row("a", scenarios=before), row("a", scenarios=after))
    assert lines == (
        "a, offline at batch 1: slower by 20.0 % (20.0 to 20.0 %), allowed are 5 %",
        "a, offline at batch 8: slower by 20.0 % (20.0 to 20.0 %), allowed are 5 %",
    )
    assert [(one.batch, one.word) for one in found.times] == [(1, "slower"), (8, "slower")]
    assert (found.times[0].before, found.times[0].after) == pytest.approx((1e7, 1.2e7))


def test_noise_is_no_regression_and_is_said():
    rng = np.random.default_rng(0)
    loud = [{"single_stream": (samples(10 * np.exp(rng.normal(0, 0.3, (12, 9)))),)} for _ in range(2)]
    lines, found = changed_row(row("a", scenarios=loud[0]), row("a", scenarios=loud[1]))
    assert lines == ()
    assert [one.label for one in blind(found)] == ["a, single_stream"]
    assert set(found.noise) == {"before", "after"}
    assert "scatter" in found.noise["after"][0]


def test_quiet_runs_are_not_blind():
    _, found = changed_row(row("a", seed=1), row("a", seed=2))
    assert blind(found) == ()
    assert found.noise == {}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"threads": 2}, "threads differ (1 and 2)"),
        ({"stage": "file"}, "stage differs (model and file)"),
        ({"device": "cuda"}, "device differs (cpu and cuda)"),
        ({"hint": "throughput"}, "hint differs (latency and throughput)"),
    ],
)
def test_what_was_timed_otherwise_is_not_compared(changed, reason):
    lines, found = changed_row(row("a"), row("a", 100.0, **changed))
    assert (lines, found.times) == ((), ())
    assert found.notes == (f"a: {reason}, so its times are not compared.",)


def test_other_cores_are_not_compared():
    _, found = gated(report(row("a")), report(row("a", 100.0), plan=Plan(cores=(0, 1))))
    assert found.notes == ("a: cores differ (any and 0 1), so its times are not compared.",)


def test_a_batch_or_a_scenario_that_one_of_them_lacks():
    now = offline(8, 32) | {"single_stream": (steady(10.0),)}
    _, found = changed_row(row("a", scenarios=offline(1, 8)), row("a", scenarios=now))
    assert [one.batch for one in found.times] == [8]
    assert found.notes == (
        "a, offline: batch 1 is in one report alone, so it is not compared.",
        "a, offline: batch 32 is in one report alone, so it is not compared.",
        "a, single_stream: batch 1 is in one report alone, so it is not compared.",
    )


def test_rates_of_the_server_are_as_sure_as_the_searches():
    before, after = (report(row("a", scenarios=server(*rates)), plan=BOUND) for rates in ((100, 102), (80, 82)))
    lines, found = gated(before, after)
    (one,) = found.times
    assert (one.before, one.after, one.ratio) == (100.0, 80.0, 1.25)
    assert (one.low, one.high) == pytest.approx((100 / 82, 102 / 80))
    assert lines == ("a, server: slower by 25.0 % (22.0 to 27.5 %), allowed are 5 %",)
    assert gated(after, before)[1].times[0].word == "faster"


def test_servers_that_cannot_be_compared():
    kept, never = row("a", scenarios=server(100, 102)), row("a", scenarios=server(50))
    other = report(row("a", scenarios=server(100, 102, bound_ms=20)), plan=Plan(latency_bound_ms=20))
    for before, after, note in (
        (report(kept, plan=BOUND), other, "bounds differ (50.0 and 20.0 ms)"),
        (report(kept, plan=BOUND), report(never, plan=BOUND), "no rate in B"),
        (report(never, plan=BOUND), report(kept, plan=BOUND), "no rate in A"),
        (report(never, plan=BOUND), report(never, plan=BOUND), "no rate in both reports"),
    ):
        assert gated(before, after)[1].notes == (f"a, server: {note}, so it is not compared.",)


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (0, 0, None),
        (0, 2, None),
        (5, 9, None),
        (9, 0, None),
        (None, 9, None),
        (0, 3, "a: parity passed in A and fails in B (3 decisions of 100 pictures flipped)"),
        (0, None, "a: parity passed in A and was not looked at in B"),
    ],
)
def test_parity_may_not_go_from_passed_to_failed(before, after, line):
    was, has = (None if flips is None else parity(flips) for flips in (before, after))
    lines, found = changed_row(row("a", parity=was, seed=1), row("a", parity=has, seed=1))
    assert lines == ((line,) if line else ())
    assert (found.parity[0].before and found.parity[0].before.flips) == before
    assert found.parity[0].after is None or found.parity[0].after.max_abs == pytest.approx(0.2 if after else 0)


def test_rows_that_failed_or_went():
    lines, found = gated(
        report(row("a"), row("b"), row("c", failure="no memory.")),
        report(row("a", failure="killed after 60 s."), row("c", failure="no memory."), row("d")),
    )
    assert lines == ("a: failed in B (killed after 60 s)", "b: is not in B")
    assert found.times == ()
    assert found.notes == (
        "c: failed in both, so it is not compared.",
        "d: only in B, so it is not compared.",
    )


def test_a_row_that_works_again():
    lines, found = changed_row(row("a", failure="no memory."), row("a"))
    assert (lines, found.times) == ((), ())
    assert found.notes == ("a: failed in A and did not in B, so it is not compared.",)


def test_sizes_and_versions():
    before = report(
        row("a", size=100), row("b", size=7), environment=HERE.model_copy(update={"packages": {"onnx": "1"}})
    )
    after = report(row("a", size=90), row("b", size=7), environment=HERE.model_copy(update={"packages": {"jax": "2"}}))
    _, found = gated(before, after)
    assert [(one.row, one.before, one.after) for one in found.sizes] == [("a", 100, 90)]
    assert found.notes == ("jax: version none in A, 2 in B.", "onnx: version 1 in A, none in B.")


def test_two_machines():
    gpu = Gpu(name="GTX 1", driver="5", memory="1 MiB", clock="1 MHz")
    other = report(row("a"), environment=HERE.model_copy(update={"cores": 4, "gpus": (gpu,)}))
    with pytest.raises(UserError) as refused:
        differences(report(row("a")), other)
    assert str(refused.value) == (
        "reports: made on two machines (got Abacus 9, 2 cores; and Abacus 9, 4 cores, GTX 1)."
        " Compare runs of one machine, or say --any-machine."
    )
    found = differences(report(row("a")), other, any_machine=True)
    assert not found.same_machine
    assert len(found.times) == 1


def test_a_rate_that_is_gone_is_a_regression():
    plan = Plan(scenarios=("server",), latency_bound_ms=50)
    before, after = row("a", scenarios=server(60, 70)), row("a", scenarios=server(5))
    lines, found = gated(report(before, plan=plan), report(after, plan=plan))
    assert lines == ("a, server: no rate holds the bound in B, and was in A",)
    assert not found.notes
    assert gated(report(after, plan=plan), report(before, plan=plan))[0] == ()


def test_samples_that_were_asked_for_and_are_gone_are_a_regression():
    plan = Plan(scenarios=("offline",), batches=(1, 8))
    before, after = row("a", scenarios=offline(1, 8)), row("a", scenarios=offline(1))
    assert gated(report(before, plan=plan), report(after, plan=plan))[0] == (
        "a, offline: batch 8 was not timed in B, and was in A",
    )
    fewer = plan.model_copy(update={"batches": (1,)})
    lines, found = gated(report(before, plan=plan), report(after, plan=fewer))
    assert lines == ()
    assert found.notes == ("a, offline: batch 8 is in one report alone, so it is not compared.",)


def test_other_settings_are_not_compared():
    lines, found = changed_row(row("a"), row("a", 20.0, settings={"enable_cuda_graph": "1"}))
    assert (lines, found.times) == ((), ())
    assert found.notes[0].startswith("a: settings differ (")
