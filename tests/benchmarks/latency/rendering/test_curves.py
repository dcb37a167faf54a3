"""What is drawn, held against NumPy and scikit-learn."""

import numpy as np
import pytest
from measured import samples
from sklearn.metrics import roc_curve

from benchmarks.latency.rendering.curves import characteristic, distribution, drift, front, reliability


def test_a_distribution_is_the_share_of_times_that_are_no_longer():
    measured = samples(5.0, 1, queries=200)
    times, shares = distribution(measured)
    pooled = np.concatenate(measured.rounds) / 1e6
    assert len(times) == 400
    assert (times[0], times[-1], shares[-1]) == (pooled.min(), pooled.max(), 1.0)
    assert shares == pytest.approx([np.mean(pooled <= time) for time in times])


def test_drift_is_relative_to_the_contenders_own_median():
    measured = samples(5.0, 1)
    medians = np.median(measured.rounds, axis=1)
    assert drift(measured) == pytest.approx(medians / np.median(medians))


def test_the_front_is_what_nothing_beats_in_both(chance):
    points = [tuple(point) for point in chance.integers(0, 12, (60, 2)).tolist()]
    expected = {
        place
        for place, (x, y) in enumerate(points)
        if not any(a <= x and b <= y and (a, b) != (x, y) for a, b in points)
    }
    found = front(points)
    assert set(found) == expected
    assert [points[place][0] for place in found] == sorted(points[place][0] for place in found)


def test_the_operating_characteristic_is_scikit_learns(chance):
    truth = chance.random(300) < 0.3
    scores = np.round(chance.normal(truth, 1.0), 1)
    fpr, tpr = characteristic(scores, truth)
    expected_fpr, expected_tpr, _ = roc_curve(truth, scores, drop_intermediate=False)
    assert np.array(sorted(set(zip(fpr, tpr, strict=True)))) == pytest.approx(
        np.array(sorted(set(zip(expected_fpr, expected_tpr, strict=True))))
    )


def test_reliability_has_as_many_pictures_in_each_bin(chance):
    truth = chance.random(150) < 0.3
    scores = chance.random(150)
    bins = reliability(scores, truth)
    order = np.argsort(scores).reshape(15, 10)
    assert [one.score for one in bins] == pytest.approx(scores[order].mean(axis=1))
    assert [one.share for one in bins] == pytest.approx(truth[order].mean(axis=1))
    assert all(one.low <= one.share <= one.high for one in bins)
