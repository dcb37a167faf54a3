"""Dropout whose numbers are drawn many at once is Keras' own dropout, to the bit."""

import numpy as np
import pytest

from toolchain.training.heads import philox
from toolchain.training.heads.feed import as_graph


@pytest.mark.parametrize(("shape", "rate"), [((3, 5), 0.2), ((64, 130), 0.3), ((1, 1), 0.5)])
def test_every_draw_is_that_of_keras(shape, rate):
    import keras

    features = keras.ops.convert_to_tensor(np.random.default_rng(0).normal(size=shape).astype(np.float32))
    seed, same = keras.random.SeedGenerator(2**31 - 1), keras.random.SeedGenerator(2**31 - 1)
    dropout = as_graph(lambda x: philox.dropout(x, rate, seed))
    for _ in range(3):
        expected = np.asarray(keras.random.dropout(features, rate, seed=same))
        np.testing.assert_array_equal(np.asarray(dropout(features)), expected)


def test_the_share_that_is_left_out_is_the_one_asked_for():
    import keras

    dropped = np.asarray(philox.dropout(keras.ops.ones((200, 500)), 0.25, keras.random.SeedGenerator(1)))
    assert np.unique(dropped).tolist() == [0, np.float32(1 / 0.75)]
    assert (dropped == 0).mean() == pytest.approx(0.25, abs=0.005)
