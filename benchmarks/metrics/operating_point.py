"""The share of positives that is caught when only so many negatives may be flagged."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Measured
from benchmarks.metrics.ranking import rank, ratio


def true_positive_rate_at(scores: NDArray[Any], truth: NDArray[np.bool_], limit: float) -> Measured:
    """Return the highest true positive rate of any threshold whose false positive rate is at most ``limit``.

    No interpolation: with n negatives, ``floor(limit * n)`` of them may be flagged, so below 1 / limit negatives
    none may be. nan where a class is missing. ``scores`` float [..., n], ``truth`` bool [..., n]; along the last axis.
    """
    ranking = rank(scores, truth)
    allowed = np.floor(limit * ranking.negatives + 1e-9)[..., None]
    caught = np.max(np.where(ranking.false_positives <= allowed, ranking.true_positives, 0), axis=-1)
    return ratio(np.where(ranking.negatives > 0, caught, np.nan), ranking.positives)
