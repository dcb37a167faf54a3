"""What a plot shows of scores and labels: operating characteristics, precision, reliability.

roc(scores, truth)                 # false and true positive rates, float64 [k] each
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.binomial import clopper_pearson
from benchmarks.metrics.quality.ece import BINS
from benchmarks.metrics.ranking import rank

Numbers = NDArray[np.float64]
Labels = NDArray[np.bool_]


@dataclass(frozen=True)
class Bin:
    """Pictures of neighbouring scores: mean score, share of positives with its exact interval, and their number."""

    score: float
    share: float
    low: float
    high: float
    pictures: int


def roc(scores: Numbers, truth: Labels) -> tuple[Numbers, Numbers]:
    """Return false and true positive rates, from (0, 0) to (1, 1), a point per distinct score; needs both classes.

    Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27 (2006).
    """
    ranking = rank(scores, truth)
    ends = np.unique(ranking.last)
    false = ranking.false_positives[ends] / ranking.negatives
    true = ranking.true_positives[ends] / ranking.positives
    return np.concatenate([[0.0], false]), np.concatenate([[0.0], true])


def precision_recall(scores: Numbers, truth: Labels) -> tuple[Numbers, Numbers]:
    """Return recall and precision, from the highest score down, a point for each distinct score; needs a positive."""
    ranking = rank(scores, truth)
    ends = np.unique(ranking.last)
    return ranking.true_positives[ends] / ranking.positives, ranking.true_positives[ends] / (ends + 1)


def reliability(scores: Numbers, truth: Labels, confidence: float = 0.95) -> tuple[Bin, ...]:
    """Return the bins of a reliability diagram, from the lowest scores up, as the calibration error has them.

    They are 15, with as many pictures each, to within one. DeGroot and Fienberg, "The comparison and evaluation of
    forecasters", The Statistician 32 (1983).
    """
    order = np.argsort(scores, kind="stable")
    count = len(scores)
    bins = min(BINS, count)
    made = []
    for start, end in pairwise(np.arange(bins + 1) * count // max(bins, 1)):
        part = order[start:end]
        hits = int(np.count_nonzero(truth[part]))
        low, high = clopper_pearson(hits, len(part), confidence)
        made.append(Bin(float(scores[part].mean()), hits / len(part), low, high, len(part)))
    return tuple(made)
