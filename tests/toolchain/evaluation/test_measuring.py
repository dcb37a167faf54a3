"""Measurements of one category, against scikit-learn and closed forms."""

import numpy as np
import pytest
from scipy import stats

from benchmarks.bootstrap import Bootstrap
from toolchain.evaluation.measuring import Sample, decisions_at, quality, rate

FEW = Bootstrap(resamples=200)


def drawn(count=300, seed=0, groups=None):
    chance = np.random.default_rng(seed)
    truth = chance.random(count) < 0.3
    scores = np.float32(np.round(chance.beta(2 + 3 * truth, 3), 2))
    return Sample(scores, truth, np.arange(count) if groups is None else groups)


def test_every_metric_has_its_interval_about_it():
    from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

    sample = drawn()
    found = quality(sample, FEW)
    expected = {
        "roc_auc": roc_auc_score(sample.truth, sample.scores),
        "pr_auc": average_precision_score(sample.truth, sample.scores),
        "brier": brier_score_loss(sample.truth, sample.scores.astype(float)),
    }
    assert {name: found[name].value for name in expected} == pytest.approx(expected)
    assert all(one.low <= one.value <= one.high for one in (found[name] for name in expected))


def test_groups_make_intervals_wider():
    sample = drawn()
    five = Sample(*(np.repeat(one, 5) for one in (sample.scores, sample.truth, sample.groups)))
    alone = Sample(five.scores, five.truth, np.arange(1500))
    wide, narrow = (quality(one, FEW, ("roc_auc",))["roc_auc"] for one in (five, alone))
    assert wide.value == narrow.value
    assert wide.high - wide.low > 1.8 * (narrow.high - narrow.low)  # the square root of five, or so


def test_the_confusion_and_its_rates_are_scikit_learns():
    from sklearn.metrics import accuracy_score, confusion_matrix, precision_score, recall_score

    sample = drawn(seed=3)
    at = decisions_at(0.5, sample, 0.3, FEW)
    flagged = sample.scores >= 0.5
    tn, fp, fn, tp = confusion_matrix(sample.truth, flagged).ravel()
    assert list(at.confusion.model_dump().values()) == [tp, fp, fn, tn]
    assert at.rates["accuracy"].value == pytest.approx(accuracy_score(sample.truth, flagged))
    assert at.rates["precision"].value == pytest.approx(precision_score(sample.truth, flagged))
    assert at.rates["recall"].value == pytest.approx(recall_score(sample.truth, flagged))
    assert at.rates["recall"].low == pytest.approx(stats.beta.ppf(0.025, tp, fn + 1))
    assert at.rates["false_positive_rate"].high == pytest.approx(stats.beta.ppf(0.975, fp + 1, tn))


def test_precision_in_use_is_bayes():
    sample = drawn(seed=4)
    own = sample.positives / len(sample.truth)
    here = decisions_at(0.5, sample, own, FEW)
    assert here.precision.value == pytest.approx(here.rates["precision"].value)
    assert here.load.value == pytest.approx(np.mean(sample.scores >= 0.5))
    rare = decisions_at(0.5, sample, 0.01, FEW)
    recall, false = (rare.rates[name].value for name in ("recall", "false_positive_rate"))
    assert rare.precision.value == pytest.approx(0.01 * recall / (0.01 * recall + 0.99 * false))
    assert rare.precision.low < rare.precision.value < rare.precision.high
    assert rare.load.low < rare.load.value < rare.load.high


def test_no_false_alarm_among_few_is_no_proof_of_precision():
    sample = Sample(np.float32([0.9] * 50 + [0.1] * 100), np.arange(150) < 50, np.arange(150))
    at = decisions_at(0.5, sample, 0.01, FEW)
    assert at.precision.value == 1
    high = stats.beta.ppf(1 - 0.0125, 1, 100)
    low = stats.beta.ppf(0.0125, 50, 1)
    assert at.precision.low == pytest.approx(0.01 * low / (0.01 * low + 0.99 * high))


def test_what_needs_both_labels_says_so():
    sample = Sample(np.float32([0.2, 0.9]), np.array([True, True]), np.arange(2))
    found = quality(sample, FEW)
    assert found["roc_auc"].value is None
    assert found["roc_auc"].undefined == "all pictures carry the same label"
    at = decisions_at(0.5, sample, 0.01, FEW)
    assert at.rates["recall"].value == 0.5
    assert at.rates["false_positive_rate"].undefined == "no picture is labelled negative"
    assert at.precision.undefined == "no picture is labelled negative"


def test_nothing_at_all_is_not_measured():
    none = Sample(np.zeros(0, np.float32), np.zeros(0, bool), np.zeros(0, np.intp))
    assert all(one.undefined for one in quality(none, FEW).values())
    assert rate("accuracy", 0.5, none, 0.95).undefined == "there are no pictures"


def test_where_nothing_is_flagged_precision_is_undefined():
    sample = drawn()
    at = decisions_at(1.0, Sample(sample.scores * np.float32(0.5), sample.truth, sample.groups), 0.01, FEW)
    assert at.precision.undefined == "nothing is flagged"
    assert at.load.value == 0
