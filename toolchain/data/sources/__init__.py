"""Where labelled pictures come from: one module per source, found by its file name, loaded when it is asked for.

    source("open-images").read([Path("images.csv")], settings, problems)       # yields Items
    source_names()                                                             # ("folder", "hub-db", …)

A source module ``open_images.py`` is the source ``open-images``, and has these names:

    SUMMARY: str                       what it is, in a line
    Settings                           a Document: what else a user may say of it (--set KEY=VALUE), with defaults
    read(inputs, settings, problems)   yields the Items that files or folders ``inputs`` hold, in an order that is the
                                       same on every reading; counts what it cannot use in ``problems``

``read`` is lazy and keeps memory small where it can; it raises UserError for inputs that are not what the source
reads at all, and for a label, column or concept that they do not have. Adding a source is adding a file.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

from models.document import Document
from toolchain.data.item import Item
from toolchain.data.problems import Problems
from toolchain.plugins import load_plugin, plugin_names


class Source(Protocol):
    """What a module in this package has."""

    SUMMARY: str
    Settings: type[Document]

    def read(self, inputs: Sequence[Path], settings: Any, problems: Problems) -> Iterator[Item]: ...  # noqa: D102


def source_names() -> tuple[str, ...]:
    """Return the names of the sources, sorted; nothing is imported."""
    return plugin_names(__path__)


def source(name: str) -> Source:
    """Return the source of this name.

    Raises:
        UnknownName: there is none.
    """
    return cast("Source", load_plugin(__name__, __path__, "source", name))
