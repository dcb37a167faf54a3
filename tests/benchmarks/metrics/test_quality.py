"""Against scikit-learn, which our metrics do not use; against hand-made cases where it has none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.metrics import metric, proportion

BOTH_CLASSES = (
    st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=60)
    .map(lambda rows: (np.float32([score / 6 for score, _ in rows]), np.array([truth for _, truth in rows])))
    .filter(lambda sample: 0 < sample[1].sum() < len(sample[1]))
)


def measured(name, scores, truth):
    return float(metric("quality", name).measure(np.asarray(scores), np.asarray(truth, dtype=bool)))


def drawn(seed, count=400, digits=None):
    rng = np.random.default_rng(seed)
    truth = rng.random(count) < 0.2
    scores = 1 / (1 + np.exp(-rng.normal(3 * truth - 3, 1.5)))
    return np.float32(scores if digits is None else np.round(scores, digits)), truth


@pytest.mark.parametrize("digits", [None, 2, 1])
@pytest.mark.parametrize("seed", range(3))
def test_areas_equal_those_of_scikit_learn(seed, digits):
    from sklearn.metrics import average_precision_score, roc_auc_score

    scores, truth = drawn(seed, digits=digits)
    assert measured("roc_auc", scores, truth) == pytest.approx(roc_auc_score(truth, scores), abs=1e-12)
    assert measured("pr_auc", scores, truth) == pytest.approx(average_precision_score(truth, scores), abs=1e-12)


@given(BOTH_CLASSES)
def test_areas_equal_those_of_scikit_learn_however_many_ties(sample):
    from sklearn.metrics import average_precision_score, roc_auc_score

    scores, truth = sample
    assert measured("roc_auc", scores, truth) == pytest.approx(roc_auc_score(truth, scores), abs=1e-12)
    assert measured("pr_auc", scores, truth) == pytest.approx(average_precision_score(truth, scores), abs=1e-12)


@pytest.mark.parametrize(("name", "limit"), [("tpr_at_fpr_1pct", 0.01), ("tpr_at_fpr_01pct", 0.001)])
@pytest.mark.parametrize("digits", [None, 2])
def test_the_rate_at_a_limit_is_the_best_point_of_scikit_learns_curve(name, limit, digits):
    from sklearn.metrics import roc_curve

    scores, truth = drawn(5, count=3000, digits=digits)
    fpr, tpr, _ = roc_curve(truth, scores, drop_intermediate=False)
    assert measured(name, scores, truth) == pytest.approx(tpr[fpr <= limit].max(), abs=1e-12)


def test_with_a_hundred_negatives_one_may_be_flagged_and_with_99_none():
    positives, negatives = [0.9, 0.5], [0.7, *[0.1] * 99]
    truth = [True] * 2 + [False] * 100
    assert measured("tpr_at_fpr_1pct", positives + negatives, truth) == 1.0
    assert measured("tpr_at_fpr_1pct", positives + negatives[:-1], truth[:-1]) == 0.5


@pytest.mark.parametrize("name", ["roc_auc", "tpr_at_fpr_1pct", "tpr_at_fpr_01pct"])
def test_one_class_alone_is_not_measured(name):
    assert np.isnan(measured(name, [0.1, 0.9], [True, True]))
    assert np.isnan(measured(name, [0.1, 0.9], [False, False]))


def test_average_precision_needs_a_positive_and_no_negative():
    assert np.isnan(measured("pr_auc", [0.1, 0.9], [False, False]))
    assert measured("pr_auc", [0.1, 0.9], [True, True]) == 1.0


def test_calibration_of_scores_without_ties_is_the_sum_over_equal_bins():
    scores, truth = drawn(7, count=300)
    order = np.argsort(scores)
    bins = zip(np.split(np.float64(scores)[order], 15), np.split(truth[order], 15), strict=True)
    expected = sum(abs(score.mean() - outcome.mean()) for score, outcome in bins) / 15
    assert measured("ece", scores, truth) == pytest.approx(expected, abs=1e-12)


def test_calibration_of_one_score_is_its_distance_from_the_share_of_positives():
    assert measured("ece", [0.75] * 40, [True] * 10 + [False] * 30) == pytest.approx(0.5)


def test_calibration_of_true_probabilities_is_near_zero_and_of_overconfident_ones_is_not():
    rng = np.random.default_rng(3)
    probability = rng.random(60_000)
    truth = rng.random(60_000) < probability
    assert measured("ece", probability, truth) < 0.015
    assert measured("ece", np.where(probability > 0.5, 0.99, 0.01), truth) > 0.2


@pytest.mark.parametrize("digits", [None, 1])
def test_the_brier_score_is_that_of_scikit_learn(digits):
    from sklearn.metrics import brier_score_loss

    scores, truth = drawn(9, digits=digits)
    assert measured("brier", scores, truth) == pytest.approx(brier_score_loss(truth, np.float64(scores)), abs=1e-12)
    assert measured("brier", [0.25, 0.25], [True, True]) == 0.5625


def test_fewer_pictures_than_bins_have_a_bin_each():
    assert measured("ece", [0.25, 0.5], [False, True]) == pytest.approx((0.25 + 0.5) / 2)


def test_decisions_are_counted_as_scikit_learn_counts_them():
    from sklearn.metrics import accuracy_score, confusion_matrix, precision_score, recall_score

    scores, truth = drawn(2)
    flagged = scores >= 0.5
    negatives_kept, false_alarms, *_ = confusion_matrix(truth, flagged).ravel()
    expected = {
        "accuracy": accuracy_score(truth, flagged),
        "recall": recall_score(truth, flagged),
        "precision": precision_score(truth, flagged),
        "false_positive_rate": false_alarms / (false_alarms + negatives_kept),
    }
    for name, value in expected.items():
        hits, trials = proportion(name).count(flagged, truth)
        assert hits / trials == pytest.approx(value)


@pytest.mark.parametrize("name", ["accuracy", "recall", "precision", "false_positive_rate"])
def test_decisions_are_counted_along_the_last_axis(name):
    rng = np.random.default_rng(4)
    flagged, truth = rng.random((2, 5, 40)) < 0.5
    together = np.stack(proportion(name).count(flagged, truth))
    single = [proportion(name).count(*row) for row in zip(flagged, truth, strict=True)]
    np.testing.assert_array_equal(together.T, single)
