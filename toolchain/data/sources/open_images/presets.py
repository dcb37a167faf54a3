"""The labels that we suggest for a category, from ``presets.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from models.errors import UnknownName


@dataclass(frozen=True)
class Preset:
    """Labels for one category: name by MID.

    Attributes:
        yes: what shows it.
        no: what is mistaken for it.
        depictions: a box that is marked as a depiction is a yes.
    """

    yes: Mapping[str, str] = field(default_factory=dict)
    no: Mapping[str, str] = field(default_factory=dict)
    depictions: bool = False


@cache
def presets() -> Mapping[str, Preset]:
    """Return the presets by category."""
    text = (Path(__file__).parent / "presets.toml").read_text("utf-8")
    return {category: Preset(**fields) for category, fields in tomllib.loads(text).items()}


def preset(category: str) -> Preset:
    """Return the preset of a category.

    Raises:
        UnknownName: there is none.
    """
    if category not in presets():
        raise UnknownName("preset", category, presets())
    return presets()[category]
