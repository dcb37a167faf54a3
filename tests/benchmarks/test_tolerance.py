"""Limits by recipe, and what a recipe may bring."""

import pytest

from benchmarks.tolerance import TOLERANCES, Tolerance, tolerance_for
from exporters.formats import format_names, load_format
from models.errors import UnknownName, UserError


def test_the_figures_that_were_promised():
    assert tolerance_for("fp32").max_abs_score == 1e-5
    assert tolerance_for("fp16").max_abs_score == 2e-3
    assert tolerance_for("int8").mean_abs_logit == 0.45
    assert tolerance_for("int8").p99_abs_score == 0.07


@pytest.mark.parametrize("name", format_names())
def test_every_recipe_that_is_exported_has_a_tolerance(name):
    for recipe in load_format(name).RECIPES:
        assert tolerance_for(recipe) != Tolerance()


def test_sixteen_bits_of_activations_are_held_to_the_limits_of_the_weights():
    assert tolerance_for("int16x8") == tolerance_for("int8")


def test_a_recipe_inherits_from_the_first_part_of_its_name():
    assert tolerance_for("int8_second_order") == tolerance_for("int8-entropy") == TOLERANCES["int8"]


def test_a_recipe_lays_its_own_limits_over_those():
    own = tolerance_for("int8_second_order", {"mean_abs_logit": 0.15, "max_flip_rate": None})
    assert own == TOLERANCES["int8"].model_copy(update={"mean_abs_logit": 0.15, "max_flip_rate": None})


def test_a_recipe_of_no_known_family_stands_on_its_own_limits():
    assert tolerance_for("w4", {"p99_abs_score": 0.2}) == Tolerance(p99_abs_score=0.2)


def test_a_recipe_that_nobody_knows_is_refused_with_the_known_ones():
    with pytest.raises(UnknownName) as refused:
        tolerance_for("int9")
    assert (
        str(refused.value) == "tolerance of recipe: unknown name (got 'int9'). Known: bf16, fp16, fp32, int16x8, int8."
    )


@pytest.mark.parametrize(
    ("own", "problem"),
    [
        ({"max_abs": 1.0}, "max_abs: Extra inputs are not permitted (got '1.0')"),
        ({"mean_abs_logit": -1.0}, "mean_abs_logit: Input should be greater than or equal to 0 (got '-1.0')"),
    ],
)
def test_impossible_limits_are_refused(own, problem):
    with pytest.raises(UserError) as refused:
        tolerance_for("int8", own)
    assert str(refused.value) == f"tolerance of recipe int8: {problem}. Correct the recipe's limits."
