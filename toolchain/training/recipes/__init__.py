"""How a classifier is trained: one module per recipe, found by its file name, loaded when it is asked for.

    recipe("heads").train(task, settings, progress)        # Trained
    recipe_names()                                         # ("fine-tune", "heads", "seed-2017")

A recipe module ``seed_2017.py`` is the recipe ``seed-2017``, and has these names:

    SUMMARY: str                       what it does, in a line
    Settings                           a Document: every number that a user may turn (--set KEY=VALUE), with defaults
    train(task, settings, progress)    returns Trained; leaves in task.folder what a later run resumes from

Code in ``train`` is Keras 3 that runs on any backend (no ``tf.*``), and the same task and settings give the same
weights, bit for bit on the same machine. Adding a recipe is adding a file.
"""

from typing import Any, Protocol, cast

from models.document import Document
from toolchain.output import Progress
from toolchain.plugins import load_plugin, plugin_names
from toolchain.training.task import Task, Trained


class Recipe(Protocol):
    """What a module in this package has."""

    SUMMARY: str
    Settings: type[Document]

    def train(self, task: Task, settings: Any, progress: Progress) -> Trained: ...  # noqa: D102


def recipe_names() -> tuple[str, ...]:
    """Return the names of the recipes, sorted; nothing is imported."""
    return plugin_names(__path__)


def recipe(name: str) -> Recipe:
    """Return the recipe of this name.

    Raises:
        UnknownName: there is none.
    """
    return cast("Recipe", load_plugin(__name__, __path__, "recipe", name))
