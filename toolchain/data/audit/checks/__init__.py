"""The checks of an audit: one module each, found by its file name, loaded when it runs.

    for finding in check("leaks").look(material): ...
    check_names()                                            # ("balance", "contradictions", …)

A check module has these names:

    SUMMARY: str                what it looks for, in a line
    look(material)              yields its Findings, none where nothing is wrong; for the same dataset and seed the same

Adding a check is adding a file.
"""

from collections.abc import Iterator
from typing import Protocol, cast

from toolchain.data.audit.finding import Finding
from toolchain.data.audit.material import Material
from toolchain.plugins import load_plugin, plugin_names


class Check(Protocol):
    """What a module in this package has."""

    SUMMARY: str

    def look(self, material: Material) -> Iterator[Finding]: ...  # noqa: D102


def check_names() -> tuple[str, ...]:
    """Return the names of the checks, sorted; nothing is imported."""
    return plugin_names(__path__)


def check(name: str) -> Check:
    """Return the check of this name.

    Raises:
        UnknownName: there is none.
    """
    return cast("Check", load_plugin(__name__, __path__, "check", name))
