"""The line in the logit: against SciPy and scikit-learn, and what it takes to leave the identity."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from exporters.quantization.score_calibration import IDENTITY, ScoreMap, choose, divergence, fit


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


@pytest.fixture
def original():
    """Logits of a hundred pictures, most of them far below 0."""
    return np.random.default_rng(2).normal(-4, 2, 100)


@pytest.mark.parametrize("ridge", [0.1, 1.0, 100.0])
def test_the_fit_is_where_scipy_finds_the_least_loss(original, ridge):
    targets = sigmoid(original)
    logits = 0.7 * original + 0.4 + np.random.default_rng(3).normal(0, 0.1, 100)

    def loss(line):
        scores = sigmoid(line[0] * logits + line[1])
        entropy = -np.sum(targets * np.log(scores) + (1 - targets) * np.log(1 - scores))
        return entropy + ridge / 2 * ((line[0] - 1) ** 2 + line[1] ** 2)

    expected = minimize(loss, [0.5, 0.5], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12}).x
    found = fit(logits, targets, ridge)
    assert (found.slope, found.intercept) == pytest.approx(tuple(expected), abs=1e-5)


def test_without_a_ridge_it_is_a_logistic_regression_on_soft_labels(original):
    targets = sigmoid(original)
    logits = 1.3 * original - 0.5
    both = np.concatenate([logits, logits])[:, None]
    labels = np.repeat([1, 0], len(logits))
    peer = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000)
    peer.fit(both, labels, sample_weight=np.concatenate([targets, 1 - targets]))
    found = fit(logits, targets, 1e-9)
    assert (found.slope, found.intercept) == pytest.approx((peer.coef_[0, 0], peer.intercept_[0]), abs=1e-4)
    assert (found.slope, found.intercept) == pytest.approx((1 / 1.3, 0.5 / 1.3), abs=1e-6)


def test_newton_arrives_from_far_away(original):
    targets = sigmoid(original)
    found = fit(30 * original + 200, targets, 1e-6)
    assert (found.slope, found.intercept) == pytest.approx((1 / 30, -200 / 30), rel=1e-3)


def test_the_divergence_is_that_of_two_coins():
    found = divergence(np.log(np.array([0.25 / 0.75, 1.0])), np.array([0.5, 0.5]), IDENTITY)
    assert found == pytest.approx([0.5 * np.log(0.5 / 0.25) + 0.5 * np.log(0.5 / 0.75), 0.0], abs=1e-12)


@pytest.mark.parametrize("seed", range(100, 108))
def test_noise_leaves_the_identity(original, seed):
    logits = original + np.random.default_rng(seed).normal(0, 0.14, 100)
    chosen = choose(logits, sigmoid(original))
    assert chosen.map == IDENTITY
    assert chosen.loss_after == chosen.loss_before > 0


@pytest.mark.parametrize(("slope", "intercept"), [(0.8, 0.0), (1.2, 0.0), (1.0, 0.3), (1.0, -0.3), (0.9, 0.2)])
def test_what_is_off_is_brought_back(original, slope, intercept):
    noise = np.random.default_rng(4).normal(0, 0.1, 100)
    chosen = choose((original + noise) * slope + intercept, sigmoid(original))
    assert chosen.loss_after < chosen.loss_before / 3
    held_back = np.random.default_rng(5).normal(-4, 2, 500)
    assert np.abs(chosen.map(held_back * slope + intercept) - held_back).mean() < 0.1


def test_the_loss_is_of_pictures_held_out(original):
    """An independent ten-fold loop, with SciPy for the fit."""
    targets = sigmoid(original)
    logits = 0.8 * original + np.random.default_rng(6).normal(0, 0.1, 100)
    chosen = choose(logits, targets)
    by_ridge = []
    for ridge in (0.1, 1.0, 10.0, 100.0):
        losses = []
        for fold in range(10):
            out = np.arange(100) % 10 == fold

            def loss(line, out=out, ridge=ridge):
                mapped = line[0] * logits[~out] + line[1]
                entropy = np.sum(np.log1p(np.exp(mapped)) - targets[~out] * mapped)
                return entropy + ridge / 2 * ((line[0] - 1) ** 2 + line[1] ** 2)

            line = minimize(loss, [1, 0], method="BFGS", options={"gtol": 1e-8}).x
            scores = sigmoid(line[0] * logits[out] + line[1])
            kept = targets[out]
            losses += list(kept * np.log(kept / scores) + (1 - kept) * np.log((1 - kept) / (1 - scores)))
        by_ridge.append(np.mean(losses))
    assert chosen.loss_after == pytest.approx(min(by_ridge), rel=1e-4)


def test_an_artefact_that_says_the_opposite_is_not_turned_round(original):
    assert choose(-original, sigmoid(original)).map == IDENTITY or choose(-original, sigmoid(original)).map.slope > 0


@pytest.mark.parametrize(
    ("logits", "targets"),
    [
        (np.zeros(9), np.full(9, 0.5)),
        (np.zeros(20), np.full(19, 0.5)),
        (np.full(20, np.nan), np.full(20, 0.5)),
        (np.full(20, np.inf), np.full(20, 0.5)),
        (np.zeros(20), np.zeros(20)),
        (np.zeros(20), np.full(20, np.nan)),
    ],
)
def test_what_cannot_be_fitted_is_refused(logits, targets):
    with pytest.raises(ValueError, match=r"10 pictures or more|logits must be finite"):
        choose(logits, targets)


def test_scores_that_are_all_the_same_leave_a_finite_map():
    chosen = choose(np.zeros(20), np.full(20, 0.5))
    assert chosen.map == ScoreMap(1.0, 0.0)
    assert chosen.loss_before == 0
