"""Few large clusters to splits, where sharing them out one after another leaves a split without an answer.

splits = search(counts, shares=(0.6, 0.2, 0.2), chance=chance)        # int64 [clusters], or None

Whole assignments are drawn, those that will not do are thrown away, and the one that is nearest to the shares is
improved by moving one cluster at a time. With many clusters ``assign`` does not fail but for want of pictures.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LEAST = 0.5
"""Share of the pictures that a split was to have which it must get."""

_MOST_CLUSTERS = 256
_DRAWS = 4096


def search(
    counts: NDArray[np.int64],
    shares: Sequence[float],
    chance: NDArray[np.float64],
    fixed: NDArray[np.int64] | None = None,
) -> NDArray[np.int64] | None:
    """Return the split of each cluster, None where none was found in which each split has every answer.

    Args:
        counts: int64 [clusters, answers], how often a cluster has each answer; the last column is its pictures.
        shares: of each split, summing to 1.
        chance: float64 [clusters] in [0, 1), a draw for each cluster, all different: they are what is drawn from, so
            that the same draws for the same clusters give the same splits, in whatever order they come.
        fixed: int64 [clusters], the split of clusters that have one already, -1 for the others.
    """
    if len(counts) > _MOST_CLUSTERS:
        return None
    order = np.argsort(chance)
    ordered = counts[order]
    held = np.full(len(counts), -1, np.int64) if fixed is None else fixed[order]
    random = np.random.default_rng((chance[order] * 2**32).astype(np.uint32).tolist())
    best, least = None, np.inf
    for _ in range(_DRAWS):
        drawn = np.where(held < 0, random.choice(len(shares), len(counts), p=shares), held)
        cost = _cost(drawn, ordered, shares)
        if cost < least:
            best, least = drawn, cost
    if best is None:
        return None
    splits = np.empty(len(counts), np.int64)
    splits[order] = _improved(best, ordered, shares, held)
    return splits


def _cost(splits: NDArray[np.int64], counts: NDArray[np.int64], shares: Sequence[float]) -> float:
    """Return how far the splits are from their shares of every answer; infinity where one of them will not do."""
    got = np.zeros((len(shares), counts.shape[1]))
    np.add.at(got, splits, counts)
    asked = np.array(shares) > 0
    wanted = np.outer(shares, counts.sum(0))
    if (got[asked] == 0).any() or (got[asked, -1] < LEAST * wanted[asked, -1]).any():
        return np.inf
    return float((np.abs(got - wanted) / counts.sum(0)).sum())


def _improved(
    splits: NDArray[np.int64], counts: NDArray[np.int64], shares: Sequence[float], held: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return ``splits`` after moves of single clusters, each the best there is, until none makes them better."""
    free = np.flatnonzero(held < 0)
    while True:
        moved = [_with(splits, cluster, side) for cluster in free for side in range(len(shares)) if shares[side] > 0]
        costs = [_cost(one, counts, shares) for one in moved]
        if not costs or min(costs) >= _cost(splits, counts, shares):
            return splits
        splits = moved[int(np.argmin(costs))]


def _with(splits: NDArray[np.int64], cluster: np.intp, side: int) -> NDArray[np.int64]:
    changed = splits.copy()
    changed[cluster] = side
    return changed
