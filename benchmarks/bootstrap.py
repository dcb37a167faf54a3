"""How far a metric would move had other pictures been drawn: the percentile bootstrap, seeded.

    bootstrap = Bootstrap(resamples=1000, seed=0, confidence=0.95)
    before = bootstrap.values(roc_auc.measure, original, truth)
    after = bootstrap.values(roc_auc.measure, candidate, truth)
    bootstrap.interval(after - before)          # of the change: paired, for both saw the same resamples

Efron and Tibshirani, "An introduction to the bootstrap" (1993), chapter 13. A proportion that is near 0 or 1 wants
``benchmarks.binomial`` instead.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from models.document import Document

_PICTURES_AT_ONCE = 2**17


class Interval(NamedTuple):
    """From ``low`` to ``high``, both included; nan where there is none."""

    low: float
    high: float


class Bootstrap(Document):
    """Resampling of pictures with replacement; the same seed and number of pictures give the same resamples."""

    resamples: int = Field(default=1000, gt=0)
    seed: int = Field(default=0, ge=0)
    confidence: float = Field(default=0.95, gt=0, lt=1)

    def values(
        self,
        measure: Callable[..., NDArray[Any]],
        *samples: NDArray[Any],
        groups: NDArray[np.intp] | None = None,
    ) -> NDArray[np.float64]:
        """Return ``measure`` of every resample, float64 [resamples].

        ``samples`` are arrays [n] of the same n, resampled together; ``measure`` takes them as [r, n], returns [r].
        Memory is bounded: about a hundred thousand pictures are drawn at a time.

        ``groups``, int [n], says which pictures belong together, such as crops of one photograph: then whole groups
        are drawn, as many as there are (Davison and Hinkley, "Bootstrap methods and their application" (1997),
        section 3.8), and ``measure`` takes those of the same number of pictures at a time, [r, m].
        """
        pictures = len(samples[0])
        if groups is not None and len(np.unique(groups)) < pictures:
            return self._of_groups(measure, samples, groups)
        rng = np.random.default_rng(self.seed)
        rows = max(1, _PICTURES_AT_ONCE // pictures)
        measured = []
        for start in range(0, self.resamples, rows):
            drawn = rng.integers(0, pictures, size=(min(rows, self.resamples - start), pictures))
            measured.append(measure(*(sample[drawn] for sample in samples)))
        return np.concatenate(measured).astype(np.float64)

    def _of_groups(
        self, measure: Callable[..., NDArray[Any]], samples: Sequence[NDArray[Any]], groups: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        rng = np.random.default_rng(self.seed)
        _, of_group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
        members = np.argsort(of_group, kind="stable")
        starts = np.cumsum(sizes) - sizes
        measured = np.empty(self.resamples)
        rows = max(1, _PICTURES_AT_ONCE // len(groups))
        for first in range(0, self.resamples, rows):
            drawn = rng.integers(0, len(sizes), (min(rows, self.resamples - first), len(sizes)))
            lengths = sizes[drawn].sum(axis=1)
            for length in np.unique(lengths):  # those that are equally long are measured together
                alike = np.flatnonzero(lengths == length)
                chosen = drawn[alike].ravel()
                ends = np.cumsum(sizes[chosen])
                within = np.arange(ends[-1]) - np.repeat(ends - sizes[chosen], sizes[chosen])
                places = members[np.repeat(starts[chosen], sizes[chosen]) + within].reshape(len(alike), length)
                measured[first + alike] = measure(*(sample[places] for sample in samples))
        return measured

    def interval(self, values: NDArray[np.float64]) -> Interval:
        """Return the range of the middle ``confidence`` of ``values``.

        Resamples on which the metric was not defined (nan) are left out; when most are, there is no interval.
        """
        defined = values[~np.isnan(values)]
        if 2 * len(defined) < len(values):
            return Interval(np.nan, np.nan)
        tail = (1 - self.confidence) / 2
        low, high = np.quantile(defined, [tail, 1 - tail])
        return Interval(float(low), float(high))
