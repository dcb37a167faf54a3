"""The checks of an audit: one module each, found by its file name, loaded when it runs.

    for finding in check("leaks").look(material): ...
    check_names()                                            # ("balance", "contradictions", …)

A check module has these names:

    SUMMARY: str                what it looks for, in a line
    look(material)              yields its Findings, none where nothing is wrong; for the same dataset and seed the same

Adding a check is adding a file.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Protocol, cast

from models.errors import UnknownName
from toolchain.data.audit.finding import Finding
from toolchain.data.audit.material import Material


class Check(Protocol):
    """What a module in this package has."""

    SUMMARY: str

    def look(self, material: Material) -> Iterator[Finding]: ...  # noqa: D102


def check_names() -> tuple[str, ...]:
    """Return the names of the checks, sorted; nothing is imported."""
    found = (module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    return tuple(sorted(name.replace("_", "-") for name in found))


def check(name: str) -> Check:
    """Return the check of this name.

    Raises:
        UnknownName: there is none.
    """
    if name not in check_names():
        raise UnknownName("check", name, check_names())
    return cast("Check", import_module(f"{__name__}.{name.replace('-', '_')}"))
