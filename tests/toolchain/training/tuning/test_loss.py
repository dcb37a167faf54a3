"""The masked loss against scikit-learn's, and its gradient."""

import numpy as np
import pytest
from sklearn.metrics import log_loss

from toolchain.training.tuning.loss import masked_cross_entropy


def numpy(tensor):
    import keras

    return np.asarray(keras.ops.convert_to_numpy(tensor))


def test_it_is_the_weighted_cross_entropy_of_the_scores():
    chance = np.random.default_rng(0)
    logits = chance.normal(0, 3, (5, 2)).astype(np.float32)
    truth, weight = chance.integers(0, 2, (5, 2)), chance.uniform(0.5, 2, (5, 2))
    got = numpy(masked_cross_entropy(np.stack([truth, weight], -1).astype(np.float32), logits))
    scores = 1 / (1 + np.exp(-logits.astype(np.float64)))
    one = [[log_loss([truth[n, k]], [scores[n, k]], labels=[0, 1]) for k in range(2)] for n in range(5)]
    assert got == pytest.approx((np.array(one) * weight).mean(1), rel=1e-5)


def test_large_logits_neither_overflow_nor_vanish():
    targets = np.array([[[0, 1]], [[1, 1]], [[1, 1]]], np.float32)
    got = numpy(masked_cross_entropy(targets, np.array([[1000], [-1000], [1000]], np.float32)))
    assert got.tolist() == [1000, 1000, 0]


def test_what_is_not_known_has_no_gradient():
    import tensorflow as tf

    logits = tf.Variable([[0.3, -2.0], [1.0, 4.0]])
    targets = np.array([[[1, 1], [0, 0]], [[0, 0], [1, 0]]], np.float32)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(masked_cross_entropy(targets, logits))
    gradient = tape.gradient(loss, logits).numpy()
    assert gradient[0, 0] == pytest.approx((1 / (1 + np.exp(-0.3)) - 1) / 2, rel=1e-5)
    assert (gradient.ravel()[1:] == 0).all()
