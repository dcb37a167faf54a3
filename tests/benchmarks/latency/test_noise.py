"""A quiet machine is not blamed, and each kind of noise is said in its own sentence."""

import numpy as np
import pytest
from latency_reports import report, row, steady
from simulated import drift as walk
from simulated import noisy, samples

from benchmarks.latency.machine_load import MachineLoad
from benchmarks.latency.noise import drift, noise_of, spread
from benchmarks.latency.samples import Warmup


def load(**changed):
    return MachineLoad(**{"seconds": 60, "cores": 2, "busy": 1.02, "ours": 1.0, "steal": 0.001} | changed)


def test_a_quiet_machine():
    noise = noise_of(report(row("a", seed=1), row("b", 20.0, seed=2), load=load()))
    assert noise.reasons == ()
    assert not noise.noisy
    assert 0 < noise.spread < 0.01


def test_the_spread_is_the_standard_deviation_of_normal_rounds():
    rng = np.random.default_rng(0)
    assert spread(samples(10 * np.exp(rng.normal(0, 0.04, (2000, 1))))) == pytest.approx(0.04, rel=0.06)


def test_the_spread_does_not_mind_one_round_in_six():
    times = 10 * np.exp(np.random.default_rng(0).normal(0, 0.01, (12, 1)))
    times[[2, 7]] *= 5
    assert spread(samples(times)) < 0.03


def test_five_rounds_have_no_spread():
    assert spread(samples([[5.0]] * 5)) is None
    assert drift([samples([[5.0]] * 5)] * 2) is None
    assert noise_of(report(row("a", scenarios={"offline": (steady(5.0, rounds=5),)}))).spread is None


def test_rounds_that_scatter():
    times = [[10.0], [12.0], [10.0], [12.0], [10.0], [12.0]]
    noise = noise_of(report(row("onnx int8", scenarios={"single_stream": (samples(times),)})))
    assert noise.reasons == ("Times of onnx int8 in single_stream scatter by 14 % between rounds (limit 5 %).",)
    assert noise.spread == pytest.approx(1.4826 * np.log(1.2) / 2)


def test_a_thread_without_a_core():
    starved = {"offline": (steady(5.0), steady(40.0, batch=8, cpu=0.8))}
    noise = noise_of(report(row("a", scenarios=starved)))
    assert noise.reasons == ("The one thread of a in offline at batch 8 had no core for 20 % of the time (limit 5 %).",)
    assert not noise_of(report(row("a", scenarios=starved, threads=2))).noisy
    assert not noise_of(report(row("a", scenarios=starved, device="cuda"))).noisy


def test_a_server_waits_for_its_queries():
    waits = steady(5.0, cpu=0.3, scatter=0.5, rate=50.0, bound_ns=10**8)
    assert not noise_of(report(row("a", scenarios={"server": (waits,)}))).noisy


def test_a_warm_up_that_did_not_end():
    cold = steady(5.0, warmup=Warmup(queries=900, seconds=10.2, settled=False))
    noise = noise_of(report(row("a", scenarios={"single_stream": (cold,)})))
    assert noise.reasons == ("a in single_stream had not settled after 10 s of warm-up.",)


def test_drift_is_what_all_have_in_common():
    hot = np.repeat([1.0, 1.1, 1.2], 4)[:, None]
    both = [samples(ms * hot) for ms in (10, 30)]
    assert drift(both) == pytest.approx(0.2)
    assert drift([*both, samples(np.full((12, 1), 10.0))]) == pytest.approx(0.2)
    assert drift(both[:1]) is None
    noise = noise_of(report(*(row(str(at), scenarios={"single_stream": (one,)}) for at, one in enumerate(both))))
    assert noise.reasons[0] == "All contenders together drifted by 20 % during single_stream (limit 5 %)."


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"steal": 0.05}, "The hypervisor kept 2.5 % of the processor time for others (limit 1 %)."),
        ({"busy": 1.4}, "Other programs kept 20 % of the cores busy (limit 5 %)."),
        ({"cores": 64, "busy": 63.5}, "All 64 cores were busy, of which this run may use 2."),
        ({"cores": 64, "busy": 40.0}, None),
    ],
)
def test_the_load_of_the_machine(changed, reason):
    noise = noise_of(report(row("a"), load=load(**changed)))
    assert noise.reasons == ((reason,) if reason else ())


def test_the_simulated_machine_that_comparisons_are_tested_on_counts_as_noisy():
    rng = np.random.default_rng(6)
    shared = 1.5 * walk(rng, 12)
    rows = [row(name, scenarios={"single_stream": (samples(noisy(rng, shared)),)}) for name in "ab"]
    assert noise_of(report(*rows)).noisy
