"""Where packages go: one module per target, found by its file name, loaded when it is asked for.

    target_names()                                   # ("android", "cpp", …); nothing is imported
    target("cpp").client(content)                    # {"CMakeLists.txt": b"…", …}

A module ``tf_serving.py`` is the target ``tf-serving``, and has these names:

    SUMMARY: str                       for whom, in a line
    FORMATS: tuple[str, ...]           bundle formats that its client runs, best first
    client(content) -> Mapping[str, bytes | Path]
        the files that only this target has, README.md among them, by their path: their bytes, or where they lie

``client`` is pure: the same content gives the same bytes. What a client is made of lies in toolchain/packaging/clients,
a folder per target (``render_client`` fills it in). Adding a target is adding a file, and its folder.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from toolchain.plugins import load_plugin, plugin_names

if TYPE_CHECKING:
    from toolchain.packaging.content import Content


class Target(Protocol):
    """What a module in this package has."""

    SUMMARY: str
    FORMATS: tuple[str, ...]

    def client(self, content: "Content") -> Mapping[str, bytes | Path]: ...  # noqa: D102


def target_names() -> tuple[str, ...]:
    """Return the names of the targets, sorted; nothing is imported."""
    return plugin_names(__path__)


def target(name: str) -> Target:
    """Return the target of this name.

    Raises:
        UnknownName: there is none.
    """
    return cast("Target", load_plugin(__name__, __path__, "target", name))
