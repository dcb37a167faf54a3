"""What every section does with a measurement: read it, say what it was made on, and write its intervals."""

import json
from pathlib import Path
from typing import Any


def read(file: Path) -> dict[str, Any] | None:
    """Return the document in ``file``, None where it was not measured."""
    if not file.is_file():
        return None
    document: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return document


def machine_line(machine: dict[str, Any]) -> str:
    """Return processor and versions in one line."""
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    return f"{machine['processor']}, {machine['cores']} cores ({', '.join(machine['features'])}); {packages}."


def ratio_cell(ratio: dict[str, float]) -> str:
    """Return a ratio of times with its interval."""
    return f"{ratio['median']:.3f} ({ratio['low']:.3f} to {ratio['high']:.3f})"


def verdict(value: float | None, limit: float) -> str:
    """Say whether ``value`` is at most ``limit``; what could not be measured is not."""
    return "reached" if value is not None and value <= limit else "missed"
