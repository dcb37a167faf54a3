"""What heads are trained towards: what is not known weighs nothing, and what is known weighs what it should."""

import numpy as np
import pytest
from sklearn.metrics import log_loss
from sklearn.utils.class_weight import compute_sample_weight

from toolchain.training.heads.targets import masked_loss, measured_loss, mixed, targets

TRUTH = np.array([[1, 0], [0, -1], [0, 1], [0, -1], [-1, -1], [0, 0]], np.int8)


@pytest.mark.parametrize("class_weights", ["balanced", "none"])
def test_the_loss_is_scikit_learns_on_what_is_known(class_weights):
    wanted = targets(TRUTH, class_weights, smoothing=0)
    predicted = np.random.default_rng(0).normal(size=TRUTH.shape)
    for category, loss in enumerate(measured_loss(wanted, predicted)):
        known = TRUTH[:, category] >= 0
        answers = TRUTH[known, category]
        weights = compute_sample_weight("balanced" if class_weights == "balanced" else None, answers)
        scores = 1 / (1 + np.exp(-predicted[known, category]))
        assert loss == pytest.approx(log_loss(answers, scores, sample_weight=weights, labels=[0, 1]), rel=1e-6)


def test_every_category_weighs_the_same_however_little_is_known():
    wanted = targets(TRUTH, "balanced", smoothing=0)
    np.testing.assert_allclose(wanted[..., 1].sum(0), [6, 6], rtol=1e-6)
    assert not wanted[TRUTH < 0][:, 1].any()


def test_smoothing_moves_targets_towards_the_middle():
    wanted = targets(TRUTH, "none", smoothing=0.1)
    np.testing.assert_allclose(wanted[:3, 0, 0], [0.95, 0.05, 0.05], rtol=1e-6)


def test_the_loss_that_is_trained_is_the_loss_that_is_measured():
    wanted = targets(TRUTH, "balanced", smoothing=0.2)
    predicted = np.random.default_rng(1).normal(size=(6, 3, 2)).astype(np.float32)
    of_members = np.repeat(wanted[:, None], 3, axis=1)
    expected = sum(measured_loss(wanted, predicted[:, member].astype(np.float64)).sum() for member in range(3))
    assert float(np.mean(masked_loss(of_members, predicted))) == pytest.approx(expected, rel=1e-5)


def test_mixing_keeps_the_weighted_mean_and_mixes_no_answer_that_is_not_known():
    wanted = targets(TRUTH, "none", smoothing=0)[:, None]
    features = np.random.default_rng(2).normal(size=(6, 4)).astype(np.float32)
    blended, aims = mixed(features, wanted, 0.4, np.random.default_rng(3))
    share = ((blended - features[::-1]) / (features - features[::-1]))[:, 0]
    assert np.all((share >= 0.5) & (share <= 1))
    np.testing.assert_allclose(blended, share[:, None] * features + (1 - share[:, None]) * features[::-1], atol=1e-5)
    # picture 1 knows nothing of the second category, and its partner, picture 4, neither
    assert aims[1, 0, 1, 1] == aims[4, 0, 1, 1] == 0
    # picture 0 says yes, and its partner, picture 5, says no
    assert aims[0, 0, 0, 0] == pytest.approx(
        share[0] * wanted[0, 0, 0, 1] / (share[0] * wanted[0, 0, 0, 1] + (1 - share[0]) * wanted[5, 0, 0, 1]), rel=1e-5
    )
