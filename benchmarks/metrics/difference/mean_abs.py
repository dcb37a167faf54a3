"""The mean score difference: ``mean |c - o|``, in [0, 1]."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Better, Measured

TITLE = "mean score difference"
BETTER: Better = "lower"
UNDEFINED = "there are no pictures"


def measure(original: NDArray[Any], candidate: NDArray[Any]) -> Measured:
    """Return ``mean |candidate - original|`` along the last axis, for scores in [0, 1], in float64."""
    return np.asarray(np.mean(np.abs(candidate.astype(np.float64) - original), axis=-1))
