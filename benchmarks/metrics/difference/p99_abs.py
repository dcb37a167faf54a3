"""The 99th percentile of the score difference ``|c - o|``, in [0, 1]; linear between the two nearest pictures.

With fewer than 100 pictures it lies between the largest two differences, and says little.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Better, Measured

TITLE = "99th percentile of the score difference"
BETTER: Better = "lower"
UNDEFINED = "there are no pictures"


def measure(original: NDArray[Any], candidate: NDArray[Any]) -> Measured:
    """Return the 99th percentile of ``|candidate - original|`` along the last axis, for scores in [0, 1]."""
    return np.asarray(np.percentile(np.abs(candidate.astype(np.float64) - original), 99, axis=-1))
