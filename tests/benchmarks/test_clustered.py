"""Intervals of groups: as wide as the groups are few, and the plain ones where nothing is grouped."""

import numpy as np
import pytest

from benchmarks.binomial import clopper_pearson
from benchmarks.clustered import clustered_interval


def test_without_groups_it_is_the_exact_interval():
    hit = np.arange(200) < 13
    assert clustered_interval(hit, np.arange(200)) == clopper_pearson(13, 200)


@pytest.mark.parametrize("hits", [0, 3, 40])
def test_copies_add_nothing(hits):
    hit = np.arange(40) < hits
    tenfold = clustered_interval(np.repeat(hit, 10), np.repeat(np.arange(40), 10))
    assert tenfold == pytest.approx(clopper_pearson(hits, 40), abs=0.01)


def test_no_pictures_are_no_knowledge():
    assert clustered_interval(np.zeros(0, bool), np.zeros(0, int)) == (0, 1)


def test_groups_without_a_fate_of_their_own_cost_nothing():
    hit = np.random.default_rng(0).random(4000) < 0.2
    plain, grouped = clopper_pearson(int(hit.sum()), 4000), clustered_interval(hit, np.repeat(np.arange(400), 10))
    assert grouped.high - grouped.low == pytest.approx(plain.high - plain.low, rel=0.15)


def test_it_covers_the_true_share_of_correlated_pictures_where_the_plain_one_does_not():
    chance = np.random.default_rng(4)
    groups = np.repeat(np.arange(60), 8)
    covered = {"grouped": 0, "plain": 0}
    for _ in range(300):
        of_group = chance.beta(0.5, 4.5, 60)  # mean 0.1
        hit = chance.random(480) < of_group[groups]
        low, high = clustered_interval(hit, groups)
        covered["grouped"] += low <= 0.1 <= high
        low, high = clopper_pearson(int(hit.sum()), 480)
        covered["plain"] += low <= 0.1 <= high
    assert covered["grouped"] >= 0.92 * 300
    assert covered["plain"] < 0.9 * 300
