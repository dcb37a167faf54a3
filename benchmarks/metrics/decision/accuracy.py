"""Share of right decisions, in [0, 1]: ``(TP + TN) / n``.

With few positives, calling everything harmless has high accuracy: read it beside the recall.
"""

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Better

TITLE = "accuracy"
BETTER: Better = "higher"
UNDEFINED = "there are no pictures"


def count(decisions: NDArray[np.bool_], truth: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return how many decisions are their labels, and how many there are, along the last axis."""
    return np.asarray(np.sum(decisions == truth, axis=-1)), np.asarray(np.sum(np.ones_like(truth), axis=-1))
