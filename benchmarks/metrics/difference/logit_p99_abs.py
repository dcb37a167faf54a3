"""The 99th percentile of the logit difference ``|logit c - logit o|``; linear between the two nearest pictures."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Better, Measured
from models.logit import logit

TITLE = "99th percentile of the logit difference"
BETTER: Better = "lower"
UNDEFINED = "there are no pictures"


def measure(original: NDArray[Any], candidate: NDArray[Any]) -> Measured:
    """Return the 99th percentile of ``|logit(candidate) - logit(original)|`` along the last axis, in logits."""
    return np.asarray(np.percentile(np.abs(logit(candidate) - logit(original)), 99, axis=-1))
