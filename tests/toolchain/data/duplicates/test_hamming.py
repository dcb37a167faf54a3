"""Neighbours among bit strings, against comparing each with each."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolchain.data.duplicates.hamming import neighbours


def by_brute_force(queries, index, radius):
    distances = np.array([[(int(one) ^ int(other)).bit_count() for other in index] for one in queries])
    return np.argwhere(distances.reshape(len(queries), len(index)) <= radius)


def flipped(strings, chance, most):
    """The strings with up to ``most`` bits changed, so that there is something to be found."""
    changed = []
    for one in strings:
        bits = chance.choice(64, chance.integers(0, most + 1), replace=False)
        changed.append(int(one) ^ sum(1 << int(bit) for bit in bits))
    return np.array(changed, np.uint64)


@given(
    st.lists(st.integers(0, 2**64 - 1), max_size=20),
    st.lists(st.integers(0, 2**64 - 1), max_size=20),
    st.integers(0, 2**32),
    st.integers(0, 14),
)
@settings(max_examples=25, deadline=None)
def test_nothing_is_missed_and_nothing_is_made_up(queries, others, seed, radius):
    ours = np.array(queries, np.uint64)
    index = np.concatenate([np.array(others, np.uint64), flipped(ours, np.random.default_rng(seed), radius + 3)])
    assert neighbours(ours, index, radius).tolist() == by_brute_force(ours, index, radius).tolist()


@pytest.mark.parametrize("radius", [0, 3, 11])
def test_strings_that_crowd_together(radius):
    chance = np.random.default_rng(radius)
    crowd = flipped(np.full(150, 0x0F0F_3333_5555_FF00, np.uint64), chance, 8)
    assert neighbours(crowd, crowd, radius).tolist() == by_brute_force(crowd, crowd, radius).tolist()


def test_many_pairs_are_looked_at_a_part_at_a_time(monkeypatch):
    monkeypatch.setattr("toolchain.data.duplicates.hamming._LOOKUPS_AT_ONCE", 7)
    strings = flipped(np.full(40, 1, np.uint64), np.random.default_rng(1), 5)
    assert neighbours(strings, strings, 6).tolist() == by_brute_force(strings, strings, 6).tolist()
