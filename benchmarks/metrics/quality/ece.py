"""Expected calibration error, in [0, 1]: how far the scores are from being probabilities.

``sum_b |b| / n * |mean score of b - share of positives in b|`` over 15 bins of equal mass (as many pictures in each, to
within one; with n < 15 pictures, n bins). Equal mass, not equal width, because nearly all scores of a content
classifier are near 0: one bin of width 1/15 would hold them all. See Nixon et al., "Measuring calibration in deep
learning" (2019), and Roelofs et al., "Mitigating bias in calibration error estimation" (2022). Equal scores share
their outcomes evenly, so the order of the pictures does not matter. The estimate is biased upwards, by something
like ``sqrt(15 / n)`` times the spread of the outcomes, and its bootstrap interval more so: compare it at the same n.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Better, Measured
from benchmarks.metrics.ranking import rank

TITLE = "expected calibration error"
BETTER: Better = "lower"
UNDEFINED = "there are no pictures"
BINS = 15


def measure(scores: NDArray[Any], truth: NDArray[np.bool_]) -> Measured:
    """Return the equal-mass calibration error along the last axis; defined with one class too."""
    ranking = rank(scores, truth)
    count = ranking.scores.shape[-1]
    bins = min(BINS, count)
    before = np.concatenate([np.zeros_like(ranking.first[..., :1]), np.cumsum(ranking.truth, axis=-1)], axis=-1)
    positives = ranking.true_positives - np.take_along_axis(before, ranking.first, axis=-1)
    outcome = positives / (ranking.last + 1 - ranking.first)
    starts = np.arange(bins) * count // bins
    gaps = np.add.reduceat(ranking.scores - outcome, starts, axis=-1)
    return np.asarray(np.sum(np.abs(gaps), axis=-1) / count)
