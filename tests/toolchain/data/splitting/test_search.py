"""Few large clusters: a split is found where there is one, and nothing is made up where there is none."""

import itertools

import numpy as np
import pytest

from toolchain.data.splitting.assign import assign
from toolchain.data.splitting.search import LEAST, search

SHARES = (0.6, 0.2, 0.2)
PACKAGES = [(6, 50), (26, 0), (2, 3), (31, 0), (5, 0), (3, 0), (7, 22), (10, 0), (0, 9), (0, 6)]
"""Yes and no of ten packages, of which five have a no, three of them beside a yes."""


def counted(answers):
    counts = np.array([(yes, no, yes + no) for yes, no in answers], np.int64)
    return counts, np.random.default_rng(5).random(len(counts))


def will_do(splits, counts):
    got = np.array([counts[np.array(splits) == side].sum(0) for side in range(3)])
    return bool((got > 0).all() and (got[:, 2] >= LEAST * np.array(SHARES) * counts[:, 2].sum()).all())


def test_a_split_is_found_where_sharing_out_one_by_one_fails():
    counts, chance = counted(PACKAGES)
    assert not will_do(assign(counts, SHARES, chance), counts)
    assert will_do(search(counts, SHARES, chance), counts)


@pytest.mark.parametrize("answers", [[(4, 4), (3, 3), (2, 2)], [(9, 1), (1, 9), (5, 5), (2, 0)], [(5, 0), (0, 5)]])
def test_it_finds_one_exactly_where_trying_all_of_them_does(answers):
    counts, chance = counted(answers)
    there = any(will_do(one, counts) for one in itertools.product(range(3), repeat=len(counts)))
    found = search(counts, SHARES, chance)
    assert (found is not None) == there
    assert found is None or will_do(found, counts)


def test_the_order_of_clusters_does_not_matter():
    counts, chance = counted(PACKAGES)
    order = np.random.default_rng(1).permutation(len(counts))
    np.testing.assert_array_equal(search(counts[order], SHARES, chance[order]), search(counts, SHARES, chance)[order])


def test_what_is_in_a_split_stays_there():
    counts, chance = counted(PACKAGES)
    fixed = np.full(len(counts), -1, np.int64)
    fixed[[1, 8]] = 2, 1
    found = search(counts, SHARES, chance, fixed)
    assert (found[1], found[8]) == (2, 1)
    assert will_do(found, counts)


def test_of_many_clusters_none_is_searched():
    counts, chance = counted([(1, 1)] * 257)
    assert search(counts, SHARES, chance) is None
