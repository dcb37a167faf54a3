"""The words faster and slower are wrong no more than once in 20 tries, on simulated machines that drift and stumble."""

from math import inf

import numpy as np
import pytest
from scipy.stats import binom
from simulated import drift, noisy, samples

from benchmarks.latency.comparison import Verdict, paired, round_medians, unpaired

TRIES = 2000
FEWEST_RIGHT = int(binom.ppf(0.001, TRIES, 0.95))
"""If the interval covers in 19 of 20 tries, fewer than these happen once in a thousand seeds."""


def one_run(rng, difference=1.0, rounds=12, queries=15):
    shared = drift(rng, rounds)
    ours, theirs = (noisy(rng, shared, queries=queries) for _ in range(2))
    return samples(ours * difference), samples(theirs)


def two_runs(rng, difference=1.0, rounds=12):
    """No drift as in ``one_run``, but rounds in a row are alike: each has half of its excess from the one before."""
    runs = []
    for factor in (1.0, difference):
        excess = rng.normal(0, 0.01, rounds)
        for index in range(1, rounds):
            excess[index] += 0.5 * excess[index - 1]
        runs.append(samples(noisy(rng, np.exp(excess)) * factor))
    return runs


@pytest.mark.parametrize("rounds", [6, 12])
def test_a_contender_against_itself_in_one_run(rounds):
    rng = np.random.default_rng(rounds)
    tries = [paired(*one_run(rng, rounds=rounds)) for _ in range(TRIES)]
    assert sum(one.low <= 1 <= one.high for one in tries) >= FEWEST_RIGHT
    assert sum(one.word == "can't tell" for one in tries) >= FEWEST_RIGHT
    assert {one.rounds for one in tries} == {rounds}


def test_a_contender_against_itself_in_two_runs():
    rng = np.random.default_rng(1)
    tries = [unpaired(*two_runs(rng)) for _ in range(TRIES)]
    assert sum(one.word == "can't tell" for one in tries) >= FEWEST_RIGHT


@pytest.mark.parametrize(("difference", "word", "wrong"), [(1.03, "slower", "faster"), (0.97, "faster", "slower")])
def test_three_in_a_hundred_are_found_in_one_run_of_20_rounds(difference, word, wrong):
    rng = np.random.default_rng(2)
    tries = [paired(*one_run(rng, difference, 20, 60)) for _ in range(300)]
    words = [one.word for one in tries]
    assert words.count(word) > 0.8 * len(words)
    assert words.count(wrong) == 0
    assert sum(one.low <= difference <= one.high for one in tries) >= binom.ppf(0.001, 300, 0.95)


def test_ten_in_a_hundred_are_found_in_two_runs():
    rng = np.random.default_rng(3)
    words = [unpaired(*two_runs(rng, 1.1)).word for _ in range(300)]
    assert words.count("slower") > 0.8 * len(words)
    assert words.count("faster") == 0


def test_the_interval_of_twelve_rounds_is_from_the_third_ratio_to_the_third_last():
    ratios = np.random.default_rng(0).permutation(np.arange(1.01, 1.13, 0.01))
    verdict = paired(samples(100 * ratios[:, None]), samples(np.full((12, 3), 100.0)))
    assert (verdict.ratio, verdict.low, verdict.high) == pytest.approx((np.sqrt(1.06 * 1.07), 1.03, 1.10), rel=1e-6)
    assert binom.cdf(2, 12, 0.5) <= 0.025 < binom.cdf(3, 12, 0.5)
    assert verdict.word == "slower"


def test_two_runs_are_judged_by_stretches_with_the_t_of_three_degrees_of_freedom():
    before, after = np.exp([0.0, 0.1, 0.0, 0.1]), np.exp([0.3, 0.4, 0.4, 0.3])
    verdict = unpaired(samples(1000 * np.repeat(before, 3)[:, None]), samples(1000 * np.repeat(after, 3)[:, None]))
    half = 3.182446 * np.sqrt(2 * np.var([0.0, 0.1, 0.0, 0.1], ddof=1) / 4)
    assert np.log([verdict.ratio, verdict.low, verdict.high]) == pytest.approx([0.3, 0.3 - half, 0.3 + half], abs=1e-5)
    assert verdict.word == "slower"


def test_one_turn_that_was_disturbed_changes_little():
    times = np.full((12, 5), 10.0) * np.linspace(0.99, 1.01, 12)[:, None]
    disturbed = times.copy()
    disturbed[4] *= 30
    verdict = paired(samples(disturbed), samples(times))
    assert (verdict.ratio, verdict.low, verdict.high) == pytest.approx((1, 1, 1), abs=1e-6)


@pytest.mark.parametrize("compare", [paired, unpaired])
def test_five_rounds_bound_nothing(compare):
    verdict = compare(samples(np.full((5, 8), 5.0)), samples(np.full((9, 8), 10.0)))
    assert (verdict.low, verdict.high, verdict.rounds, verdict.word) == (0.0, inf, 5, "can't tell")


def test_rounds_that_one_of_them_lacks_are_left_out():
    times = np.repeat(np.arange(10.0, 20.0), 4).reshape(10, 4)
    assert paired(samples(times[:7] * 2), samples(times)) == Verdict(
        pytest.approx(2), pytest.approx(2), pytest.approx(2), 7
    )


def test_the_median_of_each_round():
    np.testing.assert_array_equal(round_medians(samples([[1, 9, 2], [4, 6]])), [2e6, 5e6])


@pytest.mark.parametrize(
    ("low", "high", "word"), [(0.8, 0.99, "faster"), (1.01, 1.2, "slower"), (0.99, 1.0, "can't tell")]
)
def test_the_word_is_what_the_interval_allows(low, high, word):
    assert Verdict(1.0, low, high, 12).word == word
