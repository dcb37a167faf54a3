"""What a runtime itself says about its time and its graph: one module per runtime of models.runtimes, by its name.

A profile module has three names, and imports what it drives only inside ``profile``:

    SUFFIXES: tuple[str, ...]                   of the model files that it can profile
    PACKAGE: str                                import name of the runtime
    profile(model, batch, contender) -> Why     ``model``: path of the file, a bundle's or a peer's; ``batch``: uint8
                                                [n, height, width, 3], already as large as the model wants it;
                                                ``contender``: for device and threads

A profile is taken in a session of its own, with the settings of the timed one and the runtime's profiler on. What
cannot be seen is None in what is returned, and a note says so. Whatever the runtime raises comes through.
"""

import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.why.document import Why
from models.errors import UnknownName


class Profile(Protocol):
    """What a module in this folder looks like from outside."""

    SUFFIXES: tuple[str, ...]
    PACKAGE: str

    def profile(self, model: Path, batch: NDArray[np.uint8], contender: Contender) -> Why: ...  # noqa: D102


def profile_names() -> tuple[str, ...]:
    """Return the names of every profile module, without importing any."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__))


def profile_module(name: str) -> Profile:
    """Return the profile module of this name.

    Raises:
        UnknownName: there is none.
    """
    if name not in profile_names():
        raise UnknownName("profile", name, profile_names())
    return cast(Profile, import_module(f"{__name__}.{name}"))
