"""What the shell offers when the user presses the tabulator key."""

import pkgutil
from collections.abc import Iterable
from importlib.util import find_spec


def classifiers(incomplete: str) -> list[str]:
    """Return the classifiers that we ship."""
    from models.zoo import zoo_names

    return _beginning(incomplete, zoo_names())


def formats(incomplete: str) -> list[str]:
    """Return the formats that we export to, and the word for all of them."""
    return _beginning(incomplete, ["all", *_modules("exporters.formats")])


def recipes(incomplete: str) -> list[str]:
    """Return the recipes of every format."""
    from exporters.formats import format_names, load_format

    return _beginning(incomplete, {recipe for name in format_names() for recipe in load_format(name).RECIPES})


def runtimes(incomplete: str) -> list[str]:
    """Return the runtimes that we have."""
    return _beginning(incomplete, _modules("models.runtimes"))


def targets(incomplete: str) -> list[str]:
    """Return the targets of packages."""
    return _beginning(incomplete, (name.replace("_", "-") for name in _modules("toolchain.packaging.targets")))


def sources(incomplete: str) -> list[str]:
    """Return the sources of labelled pictures."""
    from toolchain.data.sources import source_names

    return _beginning(incomplete, source_names())


def engines(incomplete: str) -> list[str]:
    """Return the engines of bulk scoring."""
    return _beginning(incomplete, _modules("toolchain.scoring.engines"))


def checks(incomplete: str) -> list[str]:
    """Return the checks of an audit."""
    return _beginning(incomplete, (name.replace("_", "-") for name in _modules("toolchain.data.audit.checks")))


def peers(incomplete: str) -> list[str]:
    """Return the peers that bundles can be timed against."""
    return _beginning(incomplete, _modules("benchmarks.peers"))


def scenarios(incomplete: str) -> list[str]:
    """Return the scenarios of a measurement, and the word for all of them."""
    return _beginning(incomplete, ["all", *_modules("benchmarks.latency.scenarios")])


def _modules(package: str) -> Iterable[str]:
    """Return the names of the modules in a package that is found but not imported, for the shell waits."""
    found = find_spec(package)
    folders = found.submodule_search_locations if found else None
    return (module.name for module in pkgutil.iter_modules(folders or []))


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))
