"""Whole clusters to splits, so that each split gets its share of every answer to every category.

splits = assign(counts, shares=(0.8, 0.1, 0.1), chance=chance)         # int64 [clusters]: 0, 1 or 2

Iterative stratification (Sechidis, Tsoumakas and Vlahavas, "On the stratification of multi-label data", 2011), of
clusters instead of examples: the answer that is rarest among what is left goes first, its largest clusters before the
small ones. A cluster goes to one of the splits that it still fits into, drawn by what each of them still lacks of that
answer; to the one that lacks most where it fits into none.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_ROUNDING = 0.5
"""Pictures that a split may get more of an answer than its share, which is no whole number."""


def assign(
    counts: NDArray[np.int64],
    shares: Sequence[float],
    chance: NDArray[np.float64],
    fixed: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Return the split of each cluster, int64 [clusters].

    Args:
        counts: int64 [clusters, answers], how often a cluster has each answer; the last column is its pictures.
        shares: of each split, summing to 1.
        chance: float64 [clusters] in [0, 1), a draw for each cluster: it decides between splits, and between clusters
            of one size. The same draws for the same clusters give the same splits, in whatever order they come.
        fixed: int64 [clusters], the split of clusters that have one already, -1 for the others.
    """
    splits = np.full(len(counts), -1, np.int64) if fixed is None else fixed.copy()
    lacking = np.outer(shares, counts.sum(0)).astype(np.float64)
    for cluster in np.flatnonzero(splits >= 0):
        lacking[splits[cluster]] -= counts[cluster]
    while (splits < 0).any():
        left = counts[splits < 0].sum(0)
        answer = _rarest(left)
        for cluster in _in_turn(np.flatnonzero((splits < 0) & (counts[:, answer] > 0)), counts, answer, chance):
            splits[cluster] = _choose(lacking, counts[cluster], answer, chance[cluster])
            lacking[splits[cluster]] -= counts[cluster]
    return splits


def _rarest(left: NDArray[np.int64]) -> int:
    """Return the answer that fewest pictures have, the pictures themselves (the last column) when no other is left."""
    there = np.flatnonzero(left[:-1])
    return int(there[np.argmin(left[there])]) if len(there) else len(left) - 1


def _in_turn(
    places: NDArray[np.intp], counts: NDArray[np.int64], answer: int, chance: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Return ``places``, those with most of ``answer`` first, then the larger ones, then by their draw."""
    return places[np.lexsort((chance[places], -counts[places, -1], -counts[places, answer]))]


def _choose(lacking: NDArray[np.float64], cluster: NDArray[np.int64], answer: int, draw: float) -> int:
    fits = (cluster <= lacking + _ROUNDING).all(1) & (lacking[:, answer] > 0)
    if not fits.any():
        return int(np.lexsort((-lacking[:, -1], -lacking[:, answer]))[0])
    weights = np.cumsum(np.where(fits, lacking[:, answer], 0.0))
    return int(np.searchsorted(weights, draw * weights[-1], "right"))
