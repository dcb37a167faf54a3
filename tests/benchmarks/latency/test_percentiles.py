"""Percentiles and how sure they are, against NumPy, against drawing resamples one by one, and by simulation."""

import numpy as np
import pytest
from scipy.stats import binom
from simulated import MS, samples

from benchmarks.bootstrap import Bootstrap
from benchmarks.latency.percentiles import fewest, percentile


def grouped(rng, rounds=12, queries=40, between=0.03):
    return 10 * np.exp(rng.normal(0, between, (rounds, 1)) + rng.normal(0, 0.1, (rounds, queries)))


@pytest.mark.parametrize("q", [50, 90, 99, 99.9, 25])
def test_the_value_is_a_sample_that_q_in_a_hundred_do_not_exceed(q):
    times = grouped(np.random.default_rng(0), queries=400)
    expected = np.quantile(np.round(times * MS), q / 100, method="inverted_cdf")
    assert percentile(samples(times), q).value == expected


@pytest.mark.parametrize(("q", "count"), [(50, 6), (90, 36), (99, 368), (99.9, 3688), (10, 36)])
def test_fewest_is_where_an_upper_limit_first_exists(q, count):
    share = max(q, 100 - q) / 100
    assert fewest(q) == count
    assert binom.cdf(count - 1, count, share) >= 0.975 > binom.cdf(count - 2, count - 1, share)


def test_too_few_samples_are_refused_with_both_numbers():
    refused = percentile(samples(np.full((12, 30), 5.0)), 99)
    assert (refused.value, refused.low, refused.high) == (None, None, None)
    assert refused.undefined == "360 samples; p99 takes 368"
    assert percentile(samples([[5.0]]), 50).undefined == "1 sample; p50 takes 6"


def test_too_few_rounds_have_a_value_and_no_interval():
    measured = percentile(samples(np.full((5, 80), 5.0)), 99)
    assert (measured.value, measured.low, measured.undefined) == (5.0 * MS, None, "5 rounds; an interval takes 6")


@pytest.mark.parametrize("q", [0, 100, -1, 101])
def test_what_is_not_a_percentile(q):
    with pytest.raises(ValueError, match=f"between 0 and 100 .got {q}"):
        percentile(samples(np.full((12, 30), 5.0)), q)


@pytest.mark.parametrize("q", [50, 90])
def test_the_interval_is_that_of_rounds_and_samples_drawn_one_by_one(q):
    rng = np.random.default_rng(3)
    lengths = (40, 44, 48, 52, 56, 60, 64, 20)
    times = [one[:length] for one, length in zip(grouped(rng, 8, 64), lengths, strict=True)]
    drawn = []
    for _ in range(3000):
        rounds = [times[index] for index in rng.integers(0, 8, 8)]
        drawn.append(np.quantile(np.concatenate([rng.choice(one, len(one)) for one in rounds]), q / 100))
    expected = np.quantile(drawn, [0.025, 0.975])
    measured = percentile(samples(times), q, Bootstrap(resamples=4000))
    assert (measured.low / MS, measured.high / MS) == pytest.approx(expected, rel=0.01)


def test_rounds_that_differ_widen_the_interval():
    alike, apart = (
        percentile(samples(grouped(np.random.default_rng(1), queries=400, between=between)), 90)
        for between in (0.0, 0.1)
    )
    assert apart.high - apart.low > 3 * (alike.high - alike.low)


@pytest.mark.parametrize(("q", "normal"), [(50, 0.0), (90, 1.2815515655)])
def test_intervals_cover_the_percentile_of_rounds_that_differ(q, normal):
    rng = np.random.default_rng(7)
    truth = 10 * np.exp(normal * np.hypot(0.03, 0.1)) * MS
    tries = [percentile(samples(grouped(rng, queries=20)), q, Bootstrap(resamples=300)) for _ in range(200)]
    covered = sum(one.low <= truth <= one.high for one in tries)
    assert covered >= binom.ppf(0.001, 200, 0.93)  # twelve rounds: a bootstrap of groups comes close to 95, no more


def test_the_same_samples_give_the_same_interval():
    times = samples(grouped(np.random.default_rng(2)))
    assert percentile(times, 90) == percentile(times, 90)
    assert percentile(times, 90) != percentile(times, 90, Bootstrap(seed=1))
