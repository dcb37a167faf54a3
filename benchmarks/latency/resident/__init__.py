"""Runs whose input lies on the device already and whose scores stay there; one module each, named as its runtime.

Such a module has one name:

    resident(bundle, options) -> (place, run_resident)

``place`` copies pictures, uint8 [n, height, width, 3], to the device and returns what ``run_resident`` takes; that runs
the model, waits until the device is done, and returns the scores where they are. Both are those of
``benchmarks.latency.model.Model``. ``resident`` may raise UnavailableError and BundleError, as the runtime's ``load``.
"""

import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.runtimes import RuntimeOptions

Place = Callable[[NDArray[np.uint8]], Any]
RunResident = Callable[[Any], object]


class ResidentRuns(Protocol):
    """What a module in this folder looks like from outside."""

    def resident(self, bundle: Bundle, options: RuntimeOptions) -> tuple[Place, RunResident]: ...  # noqa: D102


def resident_names() -> tuple[str, ...]:
    """Return the names of the runtimes that have such runs, without importing any."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__))


def resident_runs(runtime: str) -> ResidentRuns | None:
    """Return the module of this runtime; None where all its runs begin and end in this process's memory."""
    if runtime not in resident_names():
        return None
    return cast(ResidentRuns, import_module(f"{__name__}.{runtime}"))
