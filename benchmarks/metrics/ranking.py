"""Pictures from the highest score down, and what is caught on the way: the ground of every threshold-free metric.

    ranking = rank(scores, truth)
    ranking.true_positives[..., i]     # positives that score at least as high as the picture in place i

Tied scores cannot be told apart by any threshold, so each place counts its whole group of equal scores.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Ranking:
    """Sorted scores [..., n] (highest first), the truth in that order, and each place's group of ties.

    ``first`` and ``last`` are the places, int [..., n], where the group of equal scores begins and ends.
    """

    scores: NDArray[np.float64]
    truth: NDArray[np.bool_]
    first: NDArray[np.intp]
    last: NDArray[np.intp]

    @cached_property
    def true_positives(self) -> NDArray[np.intp]:
        """Positives that score at least as high, int [..., n]."""
        return np.asarray(np.take_along_axis(np.cumsum(self.truth, axis=-1), self.last, axis=-1))

    @property
    def false_positives(self) -> NDArray[np.intp]:
        """Negatives that score at least as high, int [..., n]."""
        return self.last + 1 - self.true_positives

    @property
    def positives(self) -> NDArray[np.intp]:
        """Positives in all, int [...]."""
        return np.asarray(np.count_nonzero(self.truth, axis=-1))

    @property
    def negatives(self) -> NDArray[np.intp]:
        """Negatives in all, int [...]."""
        return np.asarray(self.truth.shape[-1] - self.positives)


def rank(scores: NDArray[Any], truth: NDArray[np.bool_]) -> Ranking:
    """Sort ``scores`` (float [..., n]) and ``truth`` (bool [..., n]) along the last axis, highest score first."""
    order = np.argsort(-scores, axis=-1)
    ordered = np.take_along_axis(scores, order, axis=-1).astype(np.float64)
    count = ordered.shape[-1]
    places = np.arange(count)
    changes = ordered[..., 1:] != ordered[..., :-1]
    edge = np.ones((*ordered.shape[:-1], 1), dtype=bool)
    begins = np.concatenate([edge, changes], axis=-1)
    ends = np.concatenate([changes, edge], axis=-1)
    return Ranking(
        scores=ordered,
        truth=np.take_along_axis(truth, order, axis=-1),
        first=np.maximum.accumulate(np.where(begins, places, 0), axis=-1),
        last=np.flip(np.minimum.accumulate(np.flip(np.where(ends, places, count), axis=-1), axis=-1), axis=-1),
    )


def ratio(numerator: NDArray[Any], denominator: NDArray[Any]) -> NDArray[np.float64]:
    """Divide element by element; nan where the denominator is zero."""
    top = np.asarray(numerator, dtype=np.float64)
    result = np.full(np.broadcast_shapes(top.shape, np.shape(denominator)), np.nan)
    np.divide(top, denominator, out=result, where=np.asarray(denominator) != 0)
    return result
