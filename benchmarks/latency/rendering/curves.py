"""What is drawn, as numbers: shares of queries, fronts, reliability and operating characteristics.

front([(1.0, 0.2), (2.0, 0.1), (3.0, 0.3)])        # (0, 1): the places of what nothing else beats in both
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.binomial import clopper_pearson
from benchmarks.latency.samples import Samples
from benchmarks.metrics.quality.ece import BINS
from benchmarks.metrics.ranking import rank

_STEPS = 400


@dataclass(frozen=True)
class Bin:
    """Pictures with scores alike: their mean score, and the share of positives with its exact 95 % interval."""

    score: float
    share: float
    low: float
    high: float


def distribution(samples: Samples) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times in ms, ascending, and the share of queries that took no longer; 400 points at most.

    The empirical distribution function; of many samples, its quantiles at even shares, smallest and largest kept.
    """
    times = np.sort(np.concatenate(samples.rounds)) / 1e6
    shares = np.arange(1, len(times) + 1) / len(times)
    kept = np.unique(np.linspace(0, len(times) - 1, min(_STEPS, len(times))).round().astype(int))
    return times[kept], shares[kept]


def drift(samples: Samples) -> NDArray[np.float64]:
    """Return the median of each round over the median of those, float64 [rounds]: 1 where nothing happened."""
    medians = np.array([np.median(one) for one in samples.rounds])
    return np.asarray(medians / np.median(medians))


def front(points: Sequence[tuple[float, float]]) -> tuple[int, ...]:
    """Return the places of the points that no other beats (as low in both, lower in one), from left to right."""
    kept: list[int] = []
    for place in sorted(range(len(points)), key=lambda one: points[one]):
        if not kept or points[place][1] < points[kept[-1]][1] or points[place] == points[kept[-1]]:
            kept.append(place)
    return tuple(kept)


def reliability(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[Bin, ...]:
    """Return the bins of a reliability diagram: 15 with as many pictures each, as the calibration error has them.

    DeGroot and Fienberg, "The comparison and evaluation of forecasters", The Statistician 32 (1983).
    """
    order = np.argsort(scores, kind="stable")
    count = len(scores)
    bins = min(BINS, count)
    edges = np.arange(bins + 1) * count // bins
    made = []
    for start, end in pairwise(edges):
        part = order[start:end]
        hits = int(np.count_nonzero(truth[part]))
        low, high = clopper_pearson(hits, len(part))
        made.append(Bin(float(scores[part].mean()), hits / len(part), low, high))
    return tuple(made)


def characteristic(
    scores: NDArray[np.float64], truth: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return false and true positive rates from the strictest threshold to the loosest, beginning at (0, 0).

    Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27 (2006). Both classes must be there.
    """
    ranking = rank(scores, truth)
    start = np.zeros(1)
    return (
        np.concatenate([start, ranking.false_positives / ranking.negatives]),
        np.concatenate([start, ranking.true_positives / ranking.positives]),
    )
