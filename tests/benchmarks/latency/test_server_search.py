"""The search for the highest rate, against the closed forms of queueing theory and on simulated servers."""

from math import exp, factorial, floor, log

import numpy as np
import pytest
from scipy.optimize import brentq
from simulated import MS, samples

from benchmarks.latency.server_search import MOST_TRIALS, best_rate, held, next_rate, predicted_rate, waiting

SERVICE_MS = 10.0


def exponential(rng, count):
    return rng.exponential(SERVICE_MS, count)


def constant(rng, count):
    return np.full(count, SERVICE_MS)


def trial(rng, load, count, *, bound_ms=1e9, service=exponential, rounds=1):
    """What a server answers that is busy for the share ``load`` of the time; from 1 on it is overloaded."""
    times = []
    for _ in range(rounds):
        needed = service(rng, count)
        times.append(needed + waiting(needed, rng.exponential(SERVICE_MS / load, count)))
    return samples(times, rate=load * 1000 / SERVICE_MS, bound_ns=round(bound_ms * MS))


def deterministic_waiting(rate, service, time):
    """The chance to wait no longer than ``time`` in M/D/1 (Erlang 1909)."""
    terms = range(floor(time / service) + 1)
    ahead = [rate * (k * service - time) for k in terms]
    return (1 - rate * service) * sum(a**k / factorial(k) * exp(-a) for k, a in zip(terms, ahead, strict=True))


@pytest.mark.parametrize("bound_ms", [100.0, 250.0])
def test_exponential_service_as_theory_has_it(bound_ms):
    service = exponential(np.random.default_rng(0), 100_000) * MS
    theory = 1000 / SERVICE_MS - 1000 * log(100) / bound_ms  # in M/M/1 the whole time is exponential too
    assert predicted_rate(service, bound_ms * MS) == pytest.approx(theory, rel=0.03)


@pytest.mark.parametrize("bound_ms", [20.0, 50.0, 100.0])
def test_constant_service_as_theory_has_it(bound_ms):
    def short(rate):
        return deterministic_waiting(rate, SERVICE_MS / 1000, (bound_ms - SERVICE_MS) / 1000) - 0.99

    theory = brentq(short, 0.1, 99.9)
    assert predicted_rate([round(SERVICE_MS * MS)], bound_ms * MS) == pytest.approx(theory, rel=0.03)


def test_another_percentile():
    service = exponential(np.random.default_rng(0), 100_000) * MS
    assert predicted_rate(service, 100 * MS, q=90) == pytest.approx(100 - 10 * log(10), rel=0.03)


def test_service_that_breaks_the_bound_by_itself():
    assert predicted_rate([12 * MS], 10 * MS) is None
    assert next_rate([], None) is None


def test_waiting_is_lindleys_recursion():
    rng = np.random.default_rng(1)
    service, gaps = rng.exponential(0.9, 500), rng.exponential(1.0, 500)
    expected = [0.0]
    for i in range(1, 500):
        expected.append(max(0.0, expected[-1] + service[i - 1] - gaps[i]))
    np.testing.assert_allclose(waiting(service, gaps), expected, atol=1e-9)


def test_a_trial_holds_where_the_percentile_and_the_samples_do():
    quick = [[5.0] * 400]
    assert held(samples(quick, rate=10, bound_ns=5 * MS))
    assert not held(samples(quick, rate=10, bound_ns=5 * MS - 1))
    assert not held(samples([[5.0] * 367], rate=10, bound_ns=5 * MS))
    mostly = [5.0] * 396
    assert held(samples([[*mostly, *[90.0] * 4]], rate=10, bound_ns=50 * MS))
    assert not held(samples([[*mostly[4:], *[90.0] * 5, *mostly[:4]]], rate=10, bound_ns=50 * MS))


@pytest.mark.parametrize(("count", "rounds", "load"), [(400, 1, 1.3), (1000, 1, 1.15), (400, 6, 1.1), (3000, 1, 1.1)])
def test_an_overloaded_queue_does_not_pass_however_wide_the_bound(count, rounds, load):
    rng = np.random.default_rng(count)
    assert sum(held(trial(rng, load, count, rounds=rounds)) for _ in range(60)) <= 3


@pytest.mark.parametrize(("count", "rounds", "load"), [(400, 1, 0.8), (1000, 1, 0.85), (400, 6, 0.7)])
def test_a_queue_that_keeps_up_passes(count, rounds, load):
    rng = np.random.default_rng(count)
    assert sum(held(trial(rng, load, count, rounds=rounds)) for _ in range(60)) >= 54


def test_samples_that_are_no_trial():
    with pytest.raises(ValueError, match="without a bound_ns"):
        held(samples([[5.0] * 400]))


@pytest.mark.parametrize("off", [1.0, 0.6, 1.5])
def test_the_search_ends_near_the_rate_of_theory(off):
    rng = np.random.default_rng(4)
    theory = 100 - log(100) / 0.15  # M/M/1 with 150 ms: 69.3 a second
    trials = []
    while (rate := next_rate(trials, theory * off)) is not None:
        trials.append(trial(rng, rate * SERVICE_MS / 1000, 30_000, bound_ms=150.0))
    best = best_rate(trials)
    assert len(trials) <= MOST_TRIALS
    assert best.value == pytest.approx(theory, rel=0.06)
    assert best.low == best.value < best.high <= 1.03 * best.value


def kept(rate, bound_ms=50):
    return samples([[5.0] * 400], rate=rate, bound_ns=bound_ms * MS)


def broken(rate):
    return kept(rate, bound_ms=1)


def test_the_next_rate():
    assert next_rate([], 40.0) == 40.0
    assert next_rate([kept(40.0)], 40.0) == pytest.approx(44.0)
    assert next_rate([broken(40.0)], 40.0) == pytest.approx(40 / 1.1)
    assert next_rate([kept(40.0), kept(44.0)], 40.0) == pytest.approx(44 * 1.1**2)
    assert next_rate([kept(40.0), broken(44.1)], 40.0) == pytest.approx(42.0)
    assert next_rate([kept(40.0), broken(41.2)], 40.0) is None
    assert next_rate([kept(40.0 + i) for i in range(MOST_TRIALS)], 40.0) is None


def test_the_search_gives_up_where_nothing_waits_any_more():
    trials = []
    while (rate := next_rate(trials, 100.0)) is not None:
        trials.append(broken(rate))
    assert 25 <= trials[-1].rate <= 50
    assert len(trials) <= 6
    assert best_rate(trials).value is None


def test_the_best_rate():
    best = best_rate([kept(40.0), broken(44.0), kept(42.0)])
    assert (best.value, best.low, best.high) == (42.0, 42.0, 44.0)
    assert best_rate([kept(40.0)]).high is None
    assert best_rate([]).undefined == "no rate kept the bound"


def test_a_rate_above_one_that_failed_was_luck():
    assert best_rate([kept(50.0), broken(45.0), kept(40.0)]).value == 40.0
    lucky = best_rate([kept(50.0), broken(45.0)])
    assert lucky.value is None
    assert lucky.undefined == "no rate kept the bound; the lowest that was tried is 45 queries a second"
