"""Behind ``rct data sources``: the sources and their settings, as documents and as tables."""

import inspect
import json
import re
from typing import Any

from rich.console import RenderableType

from models.document import Document
from toolchain.data.sources import source, source_names

_ATTRIBUTE = re.compile(r"^    (\w+): (.*(?:\n {5,}.*)*)", re.MULTILINE)


def describe_all() -> list[dict[str, Any]]:
    """Return every source, as ``describe`` does."""
    return [describe(name) for name in source_names()]


def describe(name: str) -> dict[str, Any]:
    """Return a source as a plain dictionary: its name, its summary, and each setting with default and meaning.

    Raises:
        UnknownName: there is none of this name.
    """
    one = source(name)
    meanings = setting_meanings(one.Settings)
    defaults = one.Settings.model_construct().model_dump(mode="json")
    settings = [{"name": key, "default": value, "meaning": meanings.get(key, "")} for key, value in defaults.items()]
    return {"name": name, "summary": one.SUMMARY, "settings": settings}


def setting_meanings(kind: type[Document]) -> dict[str, str]:
    """Return what the docstrings of a document and of those that it extends say of its fields."""
    found: dict[str, str] = {}
    for one in reversed(kind.__mro__):
        text = inspect.cleandoc(vars(one).get("__doc__") or "").partition("Attributes:\n")[2]
        found |= {name: " ".join(meaning.split()) for name, meaning in _ATTRIBUTE.findall(text)}
    return {name: meaning for name, meaning in found.items() if name in kind.model_fields}


def sources_table(found: list[dict[str, Any]]) -> RenderableType:
    """Return ``describe_all`` for a reader."""
    from toolchain.table import table

    return table(("source", "what it reads"), [(one["name"], one["summary"]) for one in found])


def settings_table(one: dict[str, Any]) -> list[RenderableType]:
    """Return ``describe`` for a reader."""
    from toolchain.table import table, title

    rows = [(each["name"], _shown(each["default"]), each["meaning"]) for each in one["settings"]]
    return [title(f"{one['name']}: {one['summary']}"), table(("--set", "default", "meaning"), rows)]


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else "" if value == {} else json.dumps(value)
