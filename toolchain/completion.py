"""What the shell offers when the user presses the tabulator key."""

from collections.abc import Iterable


def classifiers(incomplete: str) -> list[str]:
    """Return the classifiers that we ship."""
    from models.zoo import zoo_names

    return _beginning(incomplete, zoo_names())


def formats(incomplete: str) -> list[str]:
    """Return the formats that we export to."""
    from exporters.formats import format_names

    return _beginning(incomplete, format_names())


def recipes(incomplete: str) -> list[str]:
    """Return the recipes of every format."""
    from exporters.formats import format_names, load_format

    return _beginning(incomplete, {recipe for name in format_names() for recipe in load_format(name).RECIPES})


def runtimes(incomplete: str) -> list[str]:
    """Return the runtimes that we have."""
    from models.runtimes import runtime_names

    return _beginning(incomplete, runtime_names())


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))
