"""True positive rate where at most 1 % of the negatives are flagged, in [0, 1].

``max TP / P over the thresholds with FP / N <= 0.01``: what is caught when 100 harmless pictures may cost one false
alarm. With fewer than 100 negatives no false alarm is allowed at all, and the value rests on the highest negative.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Better, Measured
from benchmarks.metrics.operating_point import true_positive_rate_at

TITLE = "TPR at FPR 1 %"
BETTER: Better = "higher"
UNDEFINED = "all pictures carry the same label"


def measure(scores: NDArray[Any], truth: NDArray[np.bool_]) -> Measured:
    """Return the true positive rate at a false positive rate of 0.01, last axis; nan if a class is missing."""
    return true_positive_rate_at(scores, truth, 0.01)
