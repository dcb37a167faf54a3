"""How scores are spread over the labels."""

import numpy as np
import pytest

from toolchain.evaluation.curves import histogram


@pytest.fixture
def sample():
    chance = np.random.default_rng(1)
    truth = chance.random(200) < 0.4
    return np.round(chance.beta(2 + 2 * truth, 3), 1), truth


def test_shares_of_each_label_sum_to_one(sample):
    edges, positive, negative = histogram(*sample)
    assert (len(edges), positive.sum(), negative.sum()) == (21, pytest.approx(1), pytest.approx(1))
    assert histogram(np.array([1.0]), np.array([True]))[2].sum() == 0
