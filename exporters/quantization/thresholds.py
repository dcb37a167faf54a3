"""Thresholds of one artefact: moved where its decisions lean to one side of the original's, and nowhere else.

    refitted_threshold(original, candidate, 0.2)        # scores on the same pictures

A handful of flips says nothing of where a threshold should be: they fall to either side of it by chance. So it is moved
only if the flips go one way more often than a fair coin would (the two-sided sign test, which for paired decisions is
McNemar's, 1947). With six flips, all of them must.
"""

from math import comb

import numpy as np
from numpy.typing import NDArray

from models.spec import Thresholds

SIGNIFICANCE = 0.05
Scores = NDArray[np.float64]


def refitted(original: Scores, candidate: Scores, thresholds: Thresholds) -> Thresholds:
    """Return the thresholds for an artefact; the original's, where nothing speaks for others.

    Args:
        original: its scores on the calibration pictures, [n].
        candidate: the artefact's on the same, [n].
        thresholds: the original's.
    """
    review, block = (refitted_threshold(original, candidate, point) for point in (thresholds.review, thresholds.block))
    return Thresholds(review=review, block=block) if review <= block else thresholds


def refitted_threshold(original: Scores, candidate: Scores, threshold: float) -> float:
    """Return the threshold on ``candidate`` that decides most like ``threshold`` on ``original``; both [n].

    Of all with the fewest flips, the one nearest to ``threshold``, in the middle between two scores.
    """
    flagged = original >= threshold
    newly = int(np.sum((candidate >= threshold) & ~flagged))
    missed = int(np.sum((candidate < threshold) & flagged))
    if sign_test(newly, missed) >= SIGNIFICANCE:
        return threshold
    scores = np.unique(candidate)
    middles = (np.concatenate([[0.0], scores]) + np.concatenate([scores, [1.0]])) / 2
    between = middles[(middles > 0) & (middles < 1)]
    flips = np.array([np.count_nonzero((candidate >= middle) != flagged) for middle in between])
    if not len(flips) or flips.min() >= newly + missed:
        return threshold
    best = between[flips == flips.min()]
    return float(best[np.argmin(np.abs(best - threshold))])


def sign_test(first: int, second: int) -> float:
    """Return how likely a fair coin is to fall as unevenly as ``first`` to ``second``, or more so; 1 for no throws."""
    throws = first + second
    tail = sum(comb(throws, count) for count in range(min(first, second) + 1))
    return min(1.0, float(2 * tail / 2**throws))
