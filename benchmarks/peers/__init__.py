"""What one gets without rct: the ways that people run the same network today, one small module each.

A peer module that takes part in ``rct bench --peers`` has these names:

    TITLE: str                                    what it is, in a line
    PACKAGES: tuple[str, ...]                     import names that ``prepare`` and ``load`` need
    RECIPES: tuple[str, ...]                      such as ("fp32", "int8")
    DEVICES: tuple[Device, ...]                   the one that it is made for first
    ENVIRONMENT: Mapping[str, str]                variables of the processes that prepare and run it
    prepare(original, recipe, calibration, folder) -> None
                                                  writes what ``load`` reads into ``folder``; called in a process of its
                                                  own; ``original``: a Keras bundle, ``calibration``: uint8 batches
    load(folder, recipe, contender) -> Model      benchmarks.latency.model; called in the worker's process

One that cannot be told a number of threads has ``LIMITS_THREADS = False`` besides.

Both may raise UnavailableError and UserError. ``folder`` also holds ``spec.json``, the original's ClassifierSpec, so
that ``load`` knows labels, sizes and normalisation, and ``files.json``, digests of what ``prepare`` wrote:
benchmarks.preparing writes the one before and the other after it. A module whose name starts with an underscore is no
peer: several of them read it.
"""

import pkgutil
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.latency.model import Model
from models.bundle import Bundle
from models.errors import UnknownName
from models.runtimes import Device

SPEC = "spec.json"
FILES = "files.json"


class Peer(Protocol):
    """What a peer module looks like from outside."""

    TITLE: str
    PACKAGES: tuple[str, ...]
    RECIPES: tuple[str, ...]
    DEVICES: tuple[Device, ...]
    ENVIRONMENT: Mapping[str, str]

    def prepare(  # noqa: D102
        self, original: Bundle, recipe: str, calibration: Sequence[NDArray[np.uint8]], folder: Path
    ) -> None: ...

    def load(self, folder: Path, recipe: str, contender: Contender) -> Model: ...  # noqa: D102


def peer_names() -> tuple[str, ...]:
    """Return the names of every peer module, without importing any."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))


def peer(name: str) -> Peer:
    """Return the peer module of this name.

    Raises:
        UnknownName: there is none.
    """
    if name not in peer_names():
        raise UnknownName("peer", name, peer_names())
    return cast(Peer, import_module(f"{__name__}.{name}"))


def missing_packages(module: Peer) -> tuple[str, ...]:
    """Return those of a peer's packages that are not installed."""
    return tuple(name for name in module.PACKAGES if find_spec(name) is None)
