"""The range whose quantized values tell the most about the original ones, by Kullback-Leibler divergence.

For each threshold T on a histogram of magnitudes, P is the distribution with everything beyond T moved into the last
bin, and Q what is left of it when the bins up to T are merged into as many levels as the quantized type has, and each
level is spread evenly over the bins that hold anything in P. The threshold with the least KL(P || Q) wins; the smallest
of several. S. Migacz, "8-bit inference with TensorRT", GPU Technology Conference 2017, slides 18 to 31.

Two choices of ours. Values that are exactly 0 are left out: any scale represents them without error, and behind a ReLU
they are most values and would drown the rest. A tensor with negative values has 128 levels of magnitude (one sign
bit), one without has 256.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from exporters.calibration.histogram import Histogram
from exporters.calibration.ranges import Calibrator, extremes

BINS = 4096
LEVELS = 256


@dataclass
class _Magnitudes:
    low: float = 0.0
    high: float = 0.0
    zeros: int = 0
    histogram: Histogram = field(default_factory=lambda: Histogram(BINS))


class Entropy:
    """A histogram of magnitudes per tensor."""

    def __init__(self) -> None:
        self._tensors: dict[str, _Magnitudes] = {}

    def observe(self, name: str, values: NDArray[np.float32]) -> None:
        """See Calibrator."""
        low, high = extremes(name, values)
        numbers = values.reshape(-1)
        seen = self._tensors.setdefault(name, _Magnitudes())
        seen.low, seen.high = min(seen.low, low), max(seen.high, high)
        seen.zeros += numbers.size - int(np.count_nonzero(numbers))
        seen.histogram.add(np.abs(numbers) if low < 0 else numbers, max(-low, high))

    def ranges(self) -> dict[str, tuple[float, float]]:
        """See Calibrator."""
        return {name: _range(seen) for name, seen in self._tensors.items()}


def _range(seen: _Magnitudes) -> tuple[float, float]:
    counts = seen.histogram.counts.copy()
    counts[0] -= seen.zeros
    counts = np.trim_zeros(counts, "b")
    levels = LEVELS // 2 if seen.low < 0 else LEVELS
    limit = best_bins(counts, levels) * seen.histogram.width
    return max(seen.low, -limit), min(seen.high, limit)


def best_bins(counts: NDArray[np.int64], levels: int) -> int:
    """Return how many of the bins ``counts`` (int64 [n]) to keep: ``levels`` <= k <= n, or n where n is smaller."""
    if counts.size <= levels:
        return int(counts.size)
    candidates = np.arange(levels, counts.size + 1)
    divergences = np.concatenate([_divergences(counts, part, levels) for part in np.array_split(candidates, 16)])
    return int(candidates[np.argmin(divergences)])


def _divergences(counts: NDArray[np.int64], kept: NDArray[np.intp], levels: int) -> NDArray[np.float64]:
    """Return KL(P || Q) for each number of kept bins, infinite where Q is 0 and P is not.

    Prefix sums give every level's sum at once: no array is larger than [candidates, levels + 1].
    """
    total = counts.sum()
    below = np.concatenate([[0], np.cumsum(counts)])
    filled = np.concatenate([[0], np.cumsum(counts > 0)])
    surprise = np.concatenate([[0.0], np.cumsum(_times_log(counts))])

    outliers = total - below[kept]
    last = counts[kept - 1]
    fills_last = (outliers > 0) & (last == 0)
    p_log_p = surprise[kept] - _times_log(last) + _times_log(last + outliers) - total * np.log(total)

    edges: NDArray[np.intp] = -(-np.arange(levels + 1) * kept[:, None] // levels)
    mass = np.diff(below[edges])
    bins = np.diff(filled[edges])
    bins[:, -1] += fills_last
    p_mass = mass + outliers[:, None] * (np.arange(levels) == levels - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_q = np.log(mass / (bins * below[kept][:, None]))
        p_log_q = np.where(p_mass > 0, p_mass * log_q, 0).sum(axis=1)
    divergence: NDArray[np.float64] = (p_log_p - p_log_q) / total
    return np.where(below[kept] > 0, divergence, np.inf)


def _times_log(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    known = counts.astype(np.float64)
    return known * np.log(np.maximum(known, 1))


def create() -> Calibrator:
    """Return an empty calibrator."""
    return Entropy()
