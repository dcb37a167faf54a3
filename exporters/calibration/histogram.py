"""A histogram of unbounded data in bounded memory, whose result does not depend on the order of the data."""

import math

import numpy as np
from numpy.typing import NDArray

_CHUNK = 1 << 16
_NARROWEST = 2.0**-120


class Histogram:
    """Counts of numbers from 0 upwards in ``bins`` bins of equal width, starting at 0.

    The width is the smallest power of two for which the greatest number seen fits. When a greater one comes, the width
    doubles, and each pair of bins becomes one: the counts are then exactly those that the wider bins would have had
    from the start. So nothing is read twice, and at least half of the bins are in use.

    Attributes:
        counts: int64 [bins].
        width: of a bin; 0 before the first number above 0.
        greatest: number seen.
    """

    def __init__(self, bins: int) -> None:
        if bins < 2 or bins % 2:
            raise ValueError(f"bins must be even (got {bins})")
        self.counts: NDArray[np.int64] = np.zeros(bins, np.int64)
        self.width = 0.0
        self.greatest = 0.0

    def add(self, numbers: NDArray[np.float32], greatest: float) -> None:
        """Count finite ``numbers`` (float32 [n]), the greatest of which is ``greatest``; those below 0 count as 0."""
        self._make_room(greatest)
        scale = np.float32(1 / self.width if self.width else 0)
        for start in range(0, numbers.size, _CHUNK):
            places = np.maximum(numbers[start : start + _CHUNK], np.float32(0))
            places *= scale  # exact: a power of two
            self.counts += np.bincount(places.astype(np.intp), minlength=self.counts.size)

    def _make_room(self, greatest: float) -> None:
        self.greatest = max(self.greatest, greatest)
        bins = self.counts.size
        if self.greatest and not self.width:
            self.width = max(2.0 ** math.floor(math.log2(self.greatest / bins)), _NARROWEST)
        while self.greatest >= bins * self.width and self.greatest:
            self.width *= 2
            self.counts[: bins // 2] = self.counts.reshape(-1, 2).sum(axis=1)
            self.counts[bins // 2 :] = 0
