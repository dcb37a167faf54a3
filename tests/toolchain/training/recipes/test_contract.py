"""What every recipe has, whichever are there."""

import inspect

import pytest

from models.document import Document
from models.errors import UnknownName
from toolchain.training.recipes import recipe, recipe_names


def test_the_recipes_of_the_project_are_found_by_their_file_names():
    assert {"fine-tune", "heads", "seed-2017"} <= set(recipe_names())


@pytest.mark.parametrize("name", recipe_names())
def test_a_recipe_has_what_the_package_asks_for(name):
    found = recipe(name)
    assert found.SUMMARY
    assert "\n" not in found.SUMMARY
    assert issubclass(found.Settings, Document)
    assert [*inspect.signature(found.train).parameters] == ["task", "settings", "progress"]


@pytest.mark.parametrize("name", recipe_names())
def test_every_setting_has_a_default_and_a_description(name):
    settings = recipe(name).Settings
    settings()
    assert all(field.description for field in settings.model_fields.values())


def test_a_recipe_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(UnknownName, match=r"recipe: unknown name \(got 'fine'\)\. Known: fine-tune, heads, seed-2017"):
        recipe("fine")
