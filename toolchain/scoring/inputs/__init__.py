"""What can be scored: one module per kind of input, found by its file name, loaded when an input is looked at.

    for reference in references(Path("shards/a.tar"), "", problems):
        ...

A module ``url_list.py`` is the kind ``url-list``, and has these names:

    SUMMARY: str                                  what it is, in a line
    claims(place) -> bool                         whether the file or folder ``place`` is one
    references(place, column, problems)           yields a Reference for each input in it, in an order that is the same
                                                  on every reading; counts what it cannot use in ``problems``

``references`` is lazy: memory does not grow with the number of inputs. It raises UserError where ``place`` is damaged,
is empty, or has no such ``column`` ("" for the kind's own choice). Adding a kind is adding a file.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, cast

from models.errors import UserError
from toolchain.data.problems import Problems
from toolchain.plugins import load_plugin, plugin_names
from toolchain.scoring.reference import Reference


class Kind(Protocol):
    """What a module in this package has."""

    SUMMARY: str

    def claims(self, place: Path) -> bool: ...  # noqa: D102

    def references(self, place: Path, column: str, problems: Problems) -> Iterator[Reference]: ...  # noqa: D102


def kind_names() -> tuple[str, ...]:
    """Return the kinds of input, sorted; nothing is imported."""
    return plugin_names(__path__)


def kind(name: str) -> Kind:
    """Return the kind of this name.

    Raises:
        UnknownName: there is none.
    """
    return cast("Kind", load_plugin(__name__, __path__, "kind of input", name))


def kind_of(place: Path) -> str:
    """Return the name of the kind that claims ``place``.

    Raises:
        UserError: there is nothing there, or no kind claims it.
    """
    if not place.exists():
        raise UserError(place, "no such file or folder")
    for name in kind_names():
        if kind(name).claims(place):
            return name
    known = "; ".join(kind(name).SUMMARY for name in kind_names())
    raise UserError(place, f"nothing that can be scored (got {place.suffix or 'no suffix'})", f"Known: {known}.")


def all_references(places: Sequence[Path], column: str, problems: Problems) -> Iterator[Reference]:
    """Yield the references of every place, in their order.

    Raises:
        UserError: as ``kind_of``, and as the kinds do.
    """
    for place, name in [(place, kind_of(place)) for place in places]:
        yield from kind(name).references(place, column, problems)
