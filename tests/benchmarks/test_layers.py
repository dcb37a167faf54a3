"""Layer by layer, on arrays made by hand."""

from math import inf, nan

import numpy as np
import pytest

from benchmarks.layers import compare_layer, compare_layers, first_departure
from models.errors import UserError

PICTURES = np.zeros((2, 4, 4, 3), np.uint8)


def outputs(**layers):
    return lambda _: {name: np.float32(value) for name, value in layers.items()}


def test_the_four_figures_of_a_layer():
    row = compare_layer("conv1", np.float32([3.0, 4.0]), np.float32([3.0, 3.5]))
    assert row.relative_error == pytest.approx(0.1)
    assert row.max_abs == pytest.approx(0.5)
    assert row.cosine == pytest.approx(23 / (5 * np.hypot(3, 3.5)))
    assert row.sqnr_db == pytest.approx(20)


def test_equal_layers_have_no_noise():
    row = compare_layer("conv1", np.float32([1, 2]), np.float32([1, 2]))
    assert (row.relative_error, row.max_abs, row.sqnr_db) == (0, 0, inf)
    assert row.cosine == pytest.approx(1)


def test_layers_of_zeros():
    zero, one = np.zeros(3, np.float32), np.ones(3, np.float32)
    silent = compare_layer("relu", zero, zero)
    assert (silent.relative_error, silent.cosine, silent.sqnr_db) == (0, 1, inf)
    woken = compare_layer("relu", zero, one)
    assert (woken.relative_error, woken.cosine, woken.sqnr_db) == (inf, 0, -inf)
    silenced = compare_layer("relu", one, zero)
    assert (silenced.relative_error, silenced.cosine, silenced.sqnr_db) == (1, 0, 0)


def test_batches_add_up_to_what_one_batch_gives():
    original, candidate = np.random.default_rng(0).normal(size=(2, 6, 3, 3, 4)).astype(np.float32)
    halves = [compare_layer("conv1", original[part], candidate[part]) for part in (slice(2), slice(2, 6))]
    together, whole = halves[0] + halves[1], compare_layer("conv1", original, candidate)
    assert together.relative_error == pytest.approx(whole.relative_error)
    assert together.cosine == pytest.approx(whole.cosine)
    assert together.max_abs == whole.max_abs


def test_layers_that_both_have_are_compared_in_the_originals_order():
    original = outputs(conv1=[1, 1], bn=[5], out=[2, 2])
    candidate = outputs(out=[2, 3], cast=[7], conv1=[1, 1])
    rows = compare_layers(original, candidate, [PICTURES, PICTURES])
    assert [row.name for row in rows] == ["conv1", "out"]
    assert rows[1].signal == 16


def test_the_first_departure_is_the_first_and_not_the_worst():
    rows = compare_layers(outputs(a=[1], b=[1], c=[1]), outputs(a=[1], b=[1.25], c=[9]), [PICTURES])
    departed = first_departure(rows, 0.1)
    assert departed is not None
    assert departed.name == "b"
    assert first_departure(rows, 10) is None


def test_what_is_not_a_number_departs_under_any_limit():
    rows = compare_layers(outputs(a=[1], b=[1]), outputs(a=[1], b=[nan]), [PICTURES])
    departed = first_departure(rows, inf)
    assert departed is not None
    assert departed.name == "b"


def test_a_number_that_was_lost_in_one_batch_stays_lost():
    row = compare_layer("a", np.float32([1]), np.float32([nan])) + compare_layer("a", np.float32([1]), np.float32([1]))
    assert np.isnan(row.relative_error)
    assert np.isnan(row.max_abs)


def test_another_shape_is_refused_by_the_layers_name():
    with pytest.raises(UserError) as refused:
        compare_layers(outputs(conv1=[1, 1]), outputs(conv1=[1, 1, 1]), [PICTURES])
    assert str(refused.value) == (
        "layer conv1: another shape than in the original (got [3], not [2]). Compare two graphs of the same network."
    )


@pytest.mark.parametrize(("candidate", "batches"), [(outputs(other=[1]), [PICTURES]), (outputs(a=[1]), [])])
def test_nothing_in_common_is_refused(candidate, batches):
    with pytest.raises(UserError, match=r"^comparison by layer: nothing to compare"):
        compare_layers(outputs(a=[1]), candidate, batches)
