"""Clusters to splits: whole, with every answer's share, the same for the same draws in whatever order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolchain.data.splitting.assign import assign

SHARES = (0.8, 0.1, 0.1)


def clusters(chance, number, categories, largest=1):
    """Counts of yes and no to each category, and of pictures; some answers are not known."""
    made = []
    for _ in range(number):
        answers = chance.integers(-1, 2, (chance.integers(1, largest + 1), categories))
        made.append([*((answers == 1).sum(0)), *((answers == 0).sum(0)), len(answers)])
    return np.array(made, np.int64)


@pytest.mark.parametrize("categories", [1, 2, 5])
def test_every_answer_gets_its_share(categories):
    chance = np.random.default_rng(categories)
    counts = clusters(chance, 2000, categories)
    splits = assign(counts, SHARES, chance.random(2000))
    for split, share in enumerate(SHARES):
        got, wanted = counts[splits == split].sum(0), share * counts.sum(0)
        assert np.abs(got - wanted).max() <= 2 + 0.06 * wanted.max()


def test_large_clusters_go_to_every_split_that_holds_them():
    chance = np.random.default_rng(0)
    counts = clusters(chance, 300, 1, largest=12)
    splits = assign(counts, SHARES, chance.random(300))
    sizes = [counts[splits == split, -1] for split in range(3)]
    assert [round(size.sum() / counts[:, -1].sum(), 2) for size in sizes] == [0.8, 0.1, 0.1]
    assert min(size.max() for size in sizes) >= 6


@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(1, 3))
@settings(max_examples=30, deadline=None)
def test_the_order_does_not_matter_and_every_cluster_gets_a_split(seed, number, categories):
    chance = np.random.default_rng(seed)
    counts, draws, order = clusters(chance, number, categories, 5), chance.random(number), chance.permutation(number)
    splits = assign(counts, SHARES, draws)
    assert set(splits) <= {0, 1, 2}
    assert assign(counts[order], SHARES, draws[order]).tolist() == splits[order].tolist()


def test_what_has_a_split_keeps_it_and_the_others_make_up_for_it():
    counts = np.array([[1, 0, 1]] * 50 + [[0, 1, 1]] * 50, np.int64)
    fixed = np.full(100, -1)
    fixed[:4] = 1
    splits = assign(counts, SHARES, np.random.default_rng(1).random(100), fixed)
    assert splits[:4].tolist() == [1] * 4
    assert [np.bincount(splits[half], minlength=3).tolist() for half in (slice(50), slice(50, 100))] == [[40, 5, 5]] * 2


def test_nothing_goes_where_nothing_is_wanted():
    counts = np.array([[1, 0, 1], [0, 1, 1]] * 20, np.int64)
    assert set(assign(counts, (0.8, 0.2, 0.0), np.random.default_rng(1).random(40))) == {0, 1}
