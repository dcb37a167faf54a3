"""From a score back to its logit, the scale on which a change means the same wherever it happens.

    logit(np.float32([0.5, 0.75]))   # [0.0, 1.0986]

A content classifier gives most pictures a score near 0, where score differences vanish and logit differences do not.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

SMALLEST = 2.0**-24
"""Scores are read as at least this and at most 1 - this, so a logit lies within +-16.64.

Above, because 1 - 2^-24 is the largest float32 below 1: what is nearer to 1 has been rounded to 1. Below, because
2^-24 is the smallest positive float16, and because runtimes clamp their sigmoid at some logit from 16 to 18: under it
scores say which runtime it was, not what was in the picture. The same on both sides, so that p and 1 - p agree.
"""


def logit(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Return ``log(p / (1 - p))`` of scores in [0, 1], float64 in the shape of ``scores``; nan stays nan."""
    clipped = np.clip(scores.astype(np.float64), SMALLEST, 1 - SMALLEST)
    return np.log(clipped) - np.log1p(-clipped)
