"""What a plot shows of scores and labels: curves, bins and counts, derived from a report whenever they are drawn.

scores, truth = labelled(report.category("adult"))
roc(scores, truth)                 # false and true positive rates, float64 [k] each
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.binomial import clopper_pearson
from benchmarks.metrics.ranking import rank
from toolchain.evaluation.report import CategoryEvaluation

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


def labelled(one: CategoryEvaluation) -> tuple[Numbers, Labels]:
    """Return the scores float64 [n] and labels bool [n] of the pictures that have both."""
    pairs = [(score, truth) for score, truth in zip(one.scores, one.truth, strict=True) if None not in (score, truth)]
    return np.array([score for score, _ in pairs], np.float64), np.array([truth for _, truth in pairs], np.bool_)


def roc(scores: Numbers, truth: Labels) -> tuple[Numbers, Numbers]:
    """Return false and true positive rates, from (0, 0) to (1, 1), a point per distinct score; needs both classes."""
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


def reliability(scores: Numbers, truth: Labels, bins: int = 15, confidence: float = 0.95) -> list[Bin]:
    """Return bins of as many pictures each, to within one, from the lowest scores up."""
    order = np.argsort(scores, kind="stable")
    found = []
    for part in np.array_split(order, min(bins, len(order))):
        hits = int(np.count_nonzero(truth[part]))
        interval = clopper_pearson(hits, len(part), confidence)
        found.append(Bin(float(np.mean(scores[part])), hits / len(part), interval.low, interval.high, len(part)))
    return found


def histogram(scores: Numbers, truth: Labels, bins: int = 20) -> tuple[Numbers, Numbers, Numbers]:
    """Return the bins' edges in [0, 1], float64 [bins + 1], and the shares of the positives and of the negatives."""
    edges = np.linspace(0, 1, bins + 1)
    shares = [
        np.histogram(scores[truth == answer], edges)[0] / max(1, int(np.sum(truth == answer)))
        for answer in (True, False)
    ]
    return edges, shares[0], shares[1]
