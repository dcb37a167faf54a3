"""The largest score difference: ``max |c - o|``, in [0, 1].

The bootstrap interval of a maximum never reaches above it; read its lower end as how much rests on one picture.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Better, Measured

TITLE = "largest score difference"
BETTER: Better = "lower"
UNDEFINED = "there are no pictures"


def measure(original: NDArray[Any], candidate: NDArray[Any]) -> Measured:
    """Return ``max |candidate - original|`` along the last axis, for scores in [0, 1], in float64."""
    return np.asarray(np.max(np.abs(candidate.astype(np.float64) - original), axis=-1))
