"""Share of what is flagged that is rightly so, in [0, 1]: ``TP / (TP + FP)``.

It depends on how common positives are in the set that it is measured on: compare it on the same pictures only.
"""

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Better

TITLE = "precision"
BETTER: Better = "higher"
UNDEFINED = "nothing is flagged"


def count(decisions: NDArray[np.bool_], truth: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return how many of the flagged are positives, and how many are flagged, along the last axis."""
    return np.asarray(np.sum(decisions & truth, axis=-1)), np.asarray(np.sum(decisions, axis=-1))
