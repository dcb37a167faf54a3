"""The cosine between the two vectors of logits over all pictures: ``o.c / (|o| |c|)``, in [-1, 1], 1 when parallel.

It looks at direction only: a candidate whose logits are all twice the original's has cosine 1.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Better, Measured
from benchmarks.metrics.ranking import ratio
from models.logit import logit

TITLE = "cosine of the logits"
BETTER: Better = "higher"
UNDEFINED = "every score of one of the two is exactly 0.5, so its logits have no direction"


def measure(original: NDArray[Any], candidate: NDArray[Any]) -> Measured:
    """Return the cosine of the two logit vectors along the last axis; nan where one of them is all zero."""
    first, second = logit(original), logit(candidate)
    lengths = np.sqrt(np.sum(first**2, axis=-1) * np.sum(second**2, axis=-1))
    return ratio(np.sum(first * second, axis=-1), lengths)
