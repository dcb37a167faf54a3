"""What is drawn, as numbers: shares of queries, drift and fronts.

front([(1.0, 0.2), (2.0, 0.1), (3.0, 0.3)])        # (0, 1): the places of what nothing else beats in both
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.samples import Samples

_STEPS = 400


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
