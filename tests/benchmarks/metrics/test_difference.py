"""Values worked out by hand, or by another way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchmarks.metrics import metric
from models.logit import SMALLEST, logit

LOGIT_1 = 1 / (1 + np.exp(-1.0))
LOGIT_3 = 1 / (1 + np.exp(-3.0))


def measured(name, original, candidate):
    return float(metric("difference", name).measure(np.float64(original), np.float64(candidate)))


def test_score_differences():
    original, candidate = [0.1, 0.5, 0.9, 0.2], [0.2, 0.5, 0.6, 0.2]
    assert measured("max_abs", original, candidate) == pytest.approx(0.3)
    assert measured("mean_abs", original, candidate) == pytest.approx(0.1)


def test_the_99th_percentile_lies_between_the_98th_and_99th_of_a_hundred_intervals():
    candidate = np.arange(101) / 200
    assert measured("p99_abs", np.zeros(101), candidate) == pytest.approx(0.495)


def test_logit_differences_are_those_of_the_logits():
    original, candidate = [LOGIT_1, LOGIT_1], [LOGIT_3, 1 - LOGIT_1]
    assert measured("logit_bias", original, candidate) == pytest.approx((2 - 2) / 2)
    assert measured("logit_mean_abs", original, candidate) == pytest.approx(2)
    assert measured("logit_p99_abs", original, [LOGIT_3, LOGIT_1]) == pytest.approx(1.98)


def test_the_cosine_looks_at_direction_only():
    assert measured("logit_cosine", [LOGIT_1, 1 - LOGIT_1], [LOGIT_3, 1 - LOGIT_3]) == pytest.approx(1)
    assert measured("logit_cosine", [LOGIT_1, LOGIT_1], [LOGIT_1, 1 - LOGIT_1]) == pytest.approx(0)
    assert np.isnan(measured("logit_cosine", [0.5, 0.5], [0.1, 0.9]))


def test_scores_of_float32_are_subtracted_in_float64():
    original, candidate = np.float32([1.0]), np.float32([1e-9])
    assert float(metric("difference", "max_abs").measure(original, candidate)) == 1.0 - float(np.float32(1e-9))


def test_logits_end_where_float32_and_float16_do():
    assert logit(np.float32([0.0, 1.0])) == pytest.approx([-16.6355, 16.6355], abs=1e-4)
    assert np.nextafter(np.float32(1), np.float32(0)) == np.float32(1 - SMALLEST)
    assert np.finfo(np.float16).smallest_subnormal == SMALLEST


@given(arrays(np.float64, 20, elements=st.floats(-16, 16)))
def test_the_logit_undoes_the_sigmoid(logits):
    np.testing.assert_allclose(logit(1 / (1 + np.exp(-logits))), logits, atol=1e-8)


@given(arrays(np.float32, (2, 20), elements=st.floats(0, 1, width=32)))
def test_differences_are_the_same_both_ways_and_the_bias_turns_its_sign(pair):
    for name in ("max_abs", "mean_abs", "p99_abs", "logit_mean_abs", "logit_p99_abs"):
        assert measured(name, *pair) == measured(name, *pair[::-1])
    assert measured("logit_bias", *pair) == pytest.approx(-measured("logit_bias", *pair[::-1]), abs=1e-12)
