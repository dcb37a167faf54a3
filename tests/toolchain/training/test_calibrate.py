"""Calibration: the line that scikit-learn finds, folds that keep groups together, and a head that carries it."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from models.resnet50 import Affine
from toolchain.training.heads.calibrate import calibrated, folds_of, out_of_fold, platt
from toolchain.training.heads.layers import logits


def test_the_line_is_that_of_logistic_regression():
    chance = np.random.default_rng(0)
    found = chance.normal(size=(20_000, 2))
    truth = (chance.random((20_000, 2)) < 1 / (1 + np.exp(-(found * [2.0, 0.5] + [0.3, -1])))).astype(np.int8)
    truth[::7, 1] = -1
    slope, intercept = platt(found, truth)
    for category in range(2):
        known = truth[:, category] >= 0
        expected = LogisticRegression(C=1e9).fit(found[known, category, None], truth[known, category])
        assert slope[category] == pytest.approx(expected.coef_[0, 0], rel=0.01)
        assert intercept[category] == pytest.approx(expected.intercept_[0], abs=0.01)


def test_logits_that_part_the_answers_wholly_have_a_line_and_those_that_mislead_keep_theirs():
    z = np.linspace(-1, 1, 40)[:, None]
    truth = (z > 0).astype(np.int8)
    slope, _ = platt(z, truth)
    assert 1 < slope[0] < 1000
    assert platt(z, 1 - truth) == (np.ones(1), np.zeros(1))
    few = np.where(np.arange(40)[:, None] < 31, truth, -1).astype(np.int8)
    few[:31] = 0
    few[:9] = 1
    assert platt(z, few) == (np.ones(1), np.zeros(1))


def test_folds_keep_groups_together_and_are_alike_in_size():
    groups = np.random.default_rng(1).integers(0, 60, 500)
    fold = folds_of(groups, 5, seed=3)
    assert all(len(set(fold[groups == group])) == 1 for group in range(60))
    assert np.bincount([fold[groups == group][0] for group in np.unique(groups)]).tolist() == [12] * 5
    assert (fold != folds_of(groups, 5, seed=4)).any()


def test_every_picture_is_judged_by_a_head_that_did_not_see_its_fold():
    fold = np.array([0, 1, 2, 0, 1, 2])
    answers = out_of_fold(lambda held: np.flatnonzero(held)[:, None] + 100.0 * fold[held][:1, None], fold)
    assert answers[:, 0].tolist() == [0, 101, 202, 3, 104, 205]


def test_the_line_goes_into_the_last_layer():
    chance = np.random.default_rng(2)
    layers = tuple(
        Affine(chance.normal(size=shape).astype(np.float32), chance.normal(size=shape[1]).astype(np.float32))
        for shape in ((5, 4), (4, 2))
    )
    features = chance.normal(size=(9, 5))
    slope, intercept = np.array([2.0, 0.5]), np.array([-1.0, 3.0])
    expected = logits(layers, features) * slope + intercept
    np.testing.assert_allclose(logits(calibrated(layers, slope, intercept), features), expected, atol=1e-5)
