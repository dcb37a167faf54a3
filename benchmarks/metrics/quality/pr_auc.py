"""Area under the precision-recall curve as average precision, in [0, 1]; chance is the share of positives.

``sum_k (recall_k - recall_(k-1)) * precision_k`` over the distinct scores, highest first: a step function, because
linear interpolation between points of this curve is too optimistic (Davis and Goadrich, "The relationship between
precision-recall and ROC curves", ICML 2006).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Better, Measured
from benchmarks.metrics.ranking import rank, ratio

TITLE = "PR-AUC"
BETTER: Better = "higher"
UNDEFINED = "no picture is labelled positive"


def measure(scores: NDArray[Any], truth: NDArray[np.bool_]) -> Measured:
    """Return the average precision along the last axis; nan where there is no positive."""
    ranking = rank(scores, truth)
    precision = ranking.true_positives / (ranking.last + 1)
    return ratio(np.sum(precision * ranking.truth, axis=-1), ranking.positives)
