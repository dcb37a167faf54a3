"""What is drawn, held against NumPy and scikit-learn."""

import numpy as np
import pytest
from measured import samples

from benchmarks.latency.rendering.curves import distribution, drift, front


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
