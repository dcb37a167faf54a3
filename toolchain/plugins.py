"""Plug-ins of a package: one module each, found by its file name, loaded when it is asked for.

    plugin_names(__path__)                              # ("open-images", …): of open_images.py; nothing is imported
    load_plugin(__name__, __path__, "source", name)     # the module

What a user writes with hyphens is a file with underscores. A module whose name begins with one is no plug-in.
"""

import pkgutil
from collections.abc import Iterable
from importlib import import_module
from types import ModuleType

from models.errors import UnknownName


def plugin_names(folders: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the plug-ins in a package's ``__path__``, sorted."""
    found = (module.name for module in pkgutil.iter_modules(folders) if not module.name.startswith("_"))
    return tuple(sorted(name.replace("_", "-") for name in found))


def load_plugin(package: str, folders: Iterable[str], kind: str, name: str) -> ModuleType:
    """Return the module of the plug-in ``name`` of ``package``; ``kind`` is what messages call it.

    Raises:
        UnknownName: there is none.
    """
    known = plugin_names(folders)
    if name not in known:
        raise UnknownName(kind, name, known)
    return import_module(f"{package}.{name.replace('-', '_')}")
