"""The range that all but a given share of the values lie in: rare outliers are clipped for finer steps.

Each tail loses at most ``100 - percentile`` per cent of the values; a tensor without negative values has one tail.
The ends are upper edges of histogram bins, at most one bin (1/4096 of the greatest magnitude of that sign, or less)
further out than the exact percentile.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from exporters.calibration.histogram import Histogram
from exporters.calibration.ranges import Calibrator, extremes

BINS = 8192
DEFAULT = 99.999


@dataclass
class _Tails:
    """Magnitudes of what lies above 0 and below 0; values of the other sign are in the first bin of each."""

    values: int = 0
    above: Histogram = field(default_factory=lambda: Histogram(BINS))
    below: Histogram | None = None


class Percentile:
    """A histogram per tensor and sign, of which the thin end is cut off."""

    def __init__(self, percentile: float = DEFAULT) -> None:
        if not 50 < percentile <= 100:
            raise ValueError(f"percentile must be above 50 and at most 100 (got {percentile})")
        self._share = (100 - percentile) / 100
        self._tails: dict[str, _Tails] = {}

    def observe(self, name: str, values: NDArray[np.float32]) -> None:
        """See Calibrator."""
        low, high = extremes(name, values)
        numbers = values.reshape(-1)
        tails = self._tails.setdefault(name, _Tails())
        tails.values += numbers.size
        tails.above.add(numbers, high)
        if low < 0:
            tails.below = tails.below or Histogram(BINS)
            tails.below.add(-numbers, -low)

    def ranges(self) -> dict[str, tuple[float, float]]:
        """See Calibrator."""
        return {
            name: (0.0 - _end(tails.below, self._share * tails.values), _end(tails.above, self._share * tails.values))
            for name, tails in self._tails.items()
        }


def _end(histogram: Histogram | None, spared: float) -> float:
    """Return the magnitude that at most ``spared`` of the numbers exceed."""
    if histogram is None:
        return 0.0
    beyond = np.cumsum(histogram.counts[:0:-1])[::-1]  # numbers in bin i + 1 and above
    kept = int(np.count_nonzero(beyond > spared))
    return min((kept + 1) * histogram.width, histogram.greatest)


def create() -> Calibrator:
    """Return an empty calibrator that cuts at the usual percentile, ``DEFAULT``."""
    return Percentile()
