"""Curves are scikit-learn's, and bins hold every picture once."""

import numpy as np
import pytest

from benchmarks.curves import precision_recall, reliability, roc


@pytest.fixture
def sample():
    chance = np.random.default_rng(1)
    truth = chance.random(200) < 0.4
    return np.round(chance.beta(2 + 2 * truth, 3), 1), truth


def test_the_curves_are_those_of_scikit_learn(sample):
    from sklearn.metrics import precision_recall_curve, roc_curve

    scores, truth = sample
    false, true, _ = roc_curve(truth, scores, drop_intermediate=False)
    np.testing.assert_allclose(roc(scores, truth), (false, true))
    precision, recall, _ = precision_recall_curve(truth, scores)
    np.testing.assert_allclose(precision_recall(scores, truth), (recall[-2::-1], precision[-2::-1]))


def test_bins_hold_as_many_pictures_each_and_all_of_them(sample):
    scores, truth = sample
    bins = reliability(scores, truth)
    assert sorted(one.pictures for one in bins) == [13] * 10 + [14] * 5
    assert sum(one.share * one.pictures for one in bins) == pytest.approx(truth.sum())
    assert [one.score for one in bins] == sorted(one.score for one in bins)
    assert all(one.low <= one.share <= one.high for one in bins)


def test_bins_are_runs_of_neighbouring_scores():
    chance = np.random.default_rng(3)
    truth = chance.random(150) < 0.3
    scores = chance.random(150)
    bins = reliability(scores, truth)
    order = np.argsort(scores).reshape(15, 10)
    assert [one.score for one in bins] == pytest.approx(scores[order].mean(axis=1))
    assert [one.share for one in bins] == pytest.approx(truth[order].mean(axis=1))
    assert all(one.low <= one.share <= one.high for one in bins)
