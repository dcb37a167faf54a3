"""Share of the negatives that are flagged, in [0, 1]: ``FP / N``."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Better

TITLE = "false positive rate"
BETTER: Better = "lower"
UNDEFINED = "no picture is labelled negative"


def count(decisions: NDArray[np.bool_], truth: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return how many negatives are flagged, and how many there are, along the last axis."""
    return np.asarray(np.sum(decisions & ~truth, axis=-1)), np.asarray(np.sum(~truth, axis=-1))
