"""Area under the receiver operating characteristic, in [0, 1]; 0.5 is chance.

The probability that a positive scores higher than a negative, a tie counting one half (the Mann-Whitney statistic):
Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27 (2006), section 7.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Better, Measured
from benchmarks.metrics.ranking import rank, ratio

TITLE = "ROC-AUC"
BETTER: Better = "higher"
UNDEFINED = "all pictures carry the same label"


def measure(scores: NDArray[Any], truth: NDArray[np.bool_]) -> Measured:
    """Return the area under the ROC curve along the last axis; nan where only one class is there."""
    ranking = rank(scores, truth)
    tp, fp = ranking.true_positives, ranking.false_positives
    below = np.diff(fp, axis=-1, prepend=0) * (tp + np.concatenate([np.zeros_like(tp[..., :1]), tp[..., :-1]], axis=-1))
    return ratio(np.sum(below, axis=-1), 2 * ranking.positives * ranking.negatives)
