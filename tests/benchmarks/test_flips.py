"""Decisions that change, one threshold at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchmarks.flips import Flips, decisions, flips
from models.spec import Thresholds

PAIRS = arrays(np.float32, (2, 25), elements=st.floats(0, 1, width=32))
THRESHOLDS = st.floats(0.01, 1)


def test_both_directions_are_kept_apart():
    original, candidate = np.float32([0.1, 0.6, 0.8, 0.4]), np.float32([0.5, 0.4, 0.9, 0.3])
    assert flips(original, candidate, 0.5) == Flips(newly_flagged=(0,), newly_missed=(1,))


@given(PAIRS, THRESHOLDS)
def test_the_other_way_round_flagged_is_missed(pair, threshold):
    there, back = flips(*pair, threshold), flips(*pair[::-1], threshold)
    assert there.newly_flagged == back.newly_missed
    assert there.newly_missed == back.newly_flagged
    assert not set(there.newly_flagged) & set(there.newly_missed)


@given(PAIRS, THRESHOLDS)
def test_flips_need_a_change_as_large_as_the_distance_to_the_threshold(pair, threshold):
    original, candidate = np.float64(pair)
    changed = flips(*pair, threshold)
    for place in (*changed.newly_flagged, *changed.newly_missed):
        assert abs(candidate[place] - original[place]) >= abs(original[place] - threshold)


@given(PAIRS, THRESHOLDS)
def test_no_classifier_flips_against_itself(pair, threshold):
    assert flips(pair[0], pair[0], threshold) == Flips((), ())


@pytest.mark.parametrize("threshold", [0.7, 0.8, 0.1, 0.3])
def test_a_score_at_the_threshold_is_decided_as_the_spec_decides_it(threshold):
    nearest = np.float32(threshold)
    scores = np.array([np.nextafter(nearest, np.float32(0)), nearest, np.nextafter(nearest, np.float32(1))])
    spec = Thresholds(review=threshold, block=threshold)
    assert decisions(scores, threshold).tolist() == [spec.verdict(score) == "block" for score in scores.tolist()]


def test_what_is_not_a_number_is_not_flagged():
    assert decisions(np.float32([np.nan, 1]), 0.5).tolist() == [False, True]
