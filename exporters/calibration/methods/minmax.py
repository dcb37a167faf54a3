"""The least and the greatest value seen: nothing is clipped, and one outlier widens every step."""

import numpy as np
from numpy.typing import NDArray

from exporters.calibration.ranges import Calibrator, extremes


class MinMax:
    """Running extremes."""

    def __init__(self) -> None:
        self._ranges: dict[str, tuple[float, float]] = {}

    def observe(self, name: str, values: NDArray[np.float32]) -> None:
        """See Calibrator."""
        low, high = extremes(name, values)
        lowest, highest = self._ranges.get(name, (0.0, 0.0))
        self._ranges[name] = min(low, lowest), max(high, highest)

    def ranges(self) -> dict[str, tuple[float, float]]:
        """See Calibrator."""
        return dict(self._ranges)


def create() -> Calibrator:
    """Return an empty calibrator."""
    return MinMax()
