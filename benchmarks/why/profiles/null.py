"""The null runtime: there is nothing in it to take a profile of."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.why.document import Why

SUFFIXES = (".json",)
PACKAGE = ""


def profile(model: Path, batch: NDArray[np.uint8], contender: Contender) -> Why:  # noqa: ARG001
    """Say so."""
    return Why(notes=("The null runtime has no operators.",))
