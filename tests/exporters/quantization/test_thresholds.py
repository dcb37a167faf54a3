"""Thresholds move where decisions lean to one side, and stay where they flip by chance."""

import numpy as np
import pytest
from scipy.stats import binomtest

from exporters.quantization.thresholds import refitted, refitted_threshold, sign_test
from models.spec import Thresholds


@pytest.mark.parametrize(("first", "second"), [(0, 1), (0, 5), (6, 0), (3, 3), (10, 2), (2, 10), (40, 20)])
def test_the_sign_test_is_scipys(first, second):
    expected = binomtest(first, first + second, 0.5).pvalue
    assert sign_test(first, second) == pytest.approx(expected, rel=1e-9)


def test_no_flips_are_no_evidence():
    assert sign_test(0, 0) == 1.0


def moved(count):
    """A hundred scores; ``count`` that were flagged at 0.5 fall below it, down to 0.4."""
    original = np.linspace(0.005, 0.995, 100)
    candidate = original.copy()
    candidate[50 : 50 + count] -= 0.1
    return original, candidate


@pytest.mark.parametrize("count", range(6))
def test_a_few_flips_leave_the_threshold(count):
    assert refitted_threshold(*moved(count), 0.5) == 0.5


def test_six_flips_one_way_move_it():
    original = np.linspace(0.005, 0.995, 100)
    candidate = original - 0.065
    found = refitted_threshold(original, candidate, 0.5)
    assert found == pytest.approx(0.435)
    assert not np.any((candidate >= found) != (original >= 0.5))


def test_of_the_fewest_flips_the_nearest_is_taken():
    chance = np.random.default_rng(1)
    original = chance.uniform(0, 1, 300)
    candidate = np.clip(original + 0.15 + chance.normal(0, 0.05, 300), 0.001, 0.999)
    found = refitted_threshold(original, candidate, 0.3)
    grid = np.linspace(0.0001, 0.9999, 20_001)
    flips = ((candidate >= grid[:, None]) != (original >= 0.3)).sum(axis=1)
    assert np.count_nonzero((candidate >= found) != (original >= 0.3)) == flips.min()
    nearest = grid[flips == flips.min()][np.argmin(np.abs(grid[flips == flips.min()] - 0.3))]
    gap = np.diff(np.sort(candidate)).max()
    assert abs(found - nearest) <= gap


def test_both_thresholds_stay_in_order():
    original = np.linspace(0.0025, 0.9975, 200)
    found = refitted(original, original**2, Thresholds(review=0.5, block=0.9))
    assert (found.review, found.block) == pytest.approx((0.25, 0.81), abs=0.01)
    assert refitted(original, original, Thresholds(review=0.5, block=0.5)) == Thresholds(review=0.5, block=0.5)
    low, high = np.linspace(0.41, 0.49, 10), np.linspace(0.8, 0.9, 10)
    original, candidate = np.concatenate([low, high]), np.concatenate([low + 0.22, high])
    assert refitted_threshold(original, candidate, 0.5) == pytest.approx(0.755)
    crossed = Thresholds(review=0.5, block=0.72)
    assert refitted(original, candidate, crossed) == crossed
