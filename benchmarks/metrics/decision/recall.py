"""Share of the positives that are flagged, in [0, 1]: ``TP / P``, the true positive rate."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Better

TITLE = "recall"
BETTER: Better = "higher"
UNDEFINED = "no picture is labelled positive"


def count(decisions: NDArray[np.bool_], truth: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return how many positives are flagged, and how many there are, along the last axis."""
    return np.asarray(np.sum(decisions & truth, axis=-1)), np.asarray(np.sum(truth, axis=-1))
