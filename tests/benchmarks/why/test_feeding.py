import numpy as np
import pytest

from benchmarks.why.feeding import fit

BATCH = np.arange(2 * 4 * 5 * 3, dtype=np.uint8).reshape(2, 4, 5, 3)


def test_our_own_models_get_the_bytes_as_they_are():
    fed = fit(BATCH, (None, 4, 5, 3), np.uint8)
    assert fed.dtype == np.uint8
    np.testing.assert_array_equal(fed, BATCH)


def test_floats_and_channels_first_are_what_a_peer_may_want():
    fed = fit(BATCH, (None, 3, 4, 5), np.float32)
    assert fed.shape == (2, 3, 4, 5)
    assert fed.dtype == np.float32
    assert fed[1, 2, 3, 4] == BATCH[1, 3, 4, 2]


@pytest.mark.parametrize("fixed", [1, 2, 5])
def test_a_fixed_batch_is_filled_or_cut(fixed):
    fed = fit(BATCH, (fixed, 4, 5, 3), np.uint8)
    np.testing.assert_array_equal(fed, BATCH[np.arange(fixed) % 2])
