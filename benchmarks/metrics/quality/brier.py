"""Brier score, in [0, 1]: the mean squared distance of the score from the outcome, ``mean (s - y)^2``.

It falls with better ranking and with better calibration. Always answering the share of positives p scores p (1 - p):
compare it with that. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78
(1950).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Better, Measured

TITLE = "Brier score"
BETTER: Better = "lower"
UNDEFINED = "there are no pictures"


def measure(scores: NDArray[Any], truth: NDArray[np.bool_]) -> Measured:
    """Return the mean of ``(score - truth)^2`` along the last axis, in float64; defined with one class too."""
    return np.asarray(np.mean((scores.astype(np.float64) - truth) ** 2, axis=-1))
