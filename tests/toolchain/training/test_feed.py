"""Batches are made ready ahead of the steps: all pictures, once each, and disturbed as Keras' own layers do it."""

import numpy as np
import pytest

from toolchain.training.heads.feed import Disturbance, Feed, ahead
from toolchain.training.heads.layers import Scaling

SIZE = 40_000
"""Features, so many that a batch is scaled in several parts."""


def test_an_epoch_is_every_picture_once_as_it_was_scaled():
    chance = np.random.default_rng(0)
    features = chance.normal(3, 2, (7, 1, SIZE)).astype(np.float16)
    scaling = Scaling.of(features)
    wanted = np.arange(7, dtype=np.float32).reshape(7, 1, 1, 1) * np.ones((1, 1, 1, 2), np.float32)
    feed = Feed(features, wanted, scaling, 3, 0.5, 0.0, Disturbance.of(0, 0, iter(())).apply, chance)
    seen = [
        (int(aim[0, 0, 0]), row)
        for x, y in ahead(feed.epoch())
        for row, aim in zip(np.asarray(x), np.asarray(y), strict=True)
    ]
    numbers = [number for number, _ in seen]
    assert len(numbers) == len(set(numbers)) == 6
    for number, row in seen:
        np.testing.assert_array_equal(row, scaling.apply(features[number, 0]))


def test_a_disturbance_is_what_the_layers_of_keras_make_of_the_same_seeds():
    import keras

    x = np.ones((4, 50), np.float32)
    noise, dropout = keras.layers.GaussianNoise(0.5, seed=11), keras.layers.Dropout(0.3, seed=12)
    disturb = Disturbance.of(0.5, 0.3, iter((11, 12))).apply
    for _ in range(2):
        expected = dropout(noise(x, training=True), training=True)
        np.testing.assert_array_equal(np.asarray(disturb(keras.ops.convert_to_tensor(x))), np.asarray(expected))


def test_what_goes_wrong_ahead_is_raised_at_its_batch():
    def batches():
        yield "a", "b"
        raise MemoryError("no room")

    coming = ahead(batches())
    assert next(coming) == ("a", "b")
    with pytest.raises(MemoryError, match="no room"):
        next(coming)
