"""The mean logit difference: ``mean |logit c - logit o|``, 0 or more."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Better, Measured
from models.logit import logit

TITLE = "mean logit difference"
BETTER: Better = "lower"
UNDEFINED = "there are no pictures"


def measure(original: NDArray[Any], candidate: NDArray[Any]) -> Measured:
    """Return ``mean |logit(candidate) - logit(original)|`` along the last axis, in logits (natural log)."""
    return np.asarray(np.mean(np.abs(logit(candidate) - logit(original)), axis=-1))
