"""The exact interval, against scipy's test of a proportion."""

import pytest

from benchmarks.binomial import clopper_pearson


@pytest.mark.parametrize(("hits", "trials"), [(0, 200), (1, 200), (3, 7), (7, 7), (0, 1), (1, 1), (500, 10_000)])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_equals_that_of_scipy(hits, trials, confidence):
    from scipy.stats import binomtest

    expected = binomtest(hits, trials).proportion_ci(confidence, method="exact")
    assert clopper_pearson(hits, trials, confidence) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_nothing_seen_in_200_may_still_be_nearly_2_percent():
    low, high = clopper_pearson(0, 200)
    assert low == 0.0
    assert high == pytest.approx(1 - 0.025 ** (1 / 200))


def test_without_trials_nothing_is_known():
    assert clopper_pearson(0, 0) == (0.0, 1.0)
