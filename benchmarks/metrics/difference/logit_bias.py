"""The mean shift of the logit: ``mean (logit c - logit o)``; above 0 the candidate flags more than the original.

A bias moves every operating point, and can be taken out by moving the thresholds; the rest of the error cannot.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Better, Measured
from models.logit import logit

TITLE = "mean shift of the logit"
BETTER: Better = "nearer to zero"
UNDEFINED = "there are no pictures"


def measure(original: NDArray[Any], candidate: NDArray[Any]) -> Measured:
    """Return the mean of ``logit(candidate) - logit(original)`` along the last axis, in logits (natural log)."""
    return np.asarray(np.mean(logit(candidate) - logit(original), axis=-1))
