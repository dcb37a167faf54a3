"""Pictures about which two classifiers decide differently: what a change of scores comes down to.

changed = flips(original, candidate, threshold=0.8)
changed.newly_missed        # positions of the pictures that only the original flags
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Flips:
    """Positions, ascending, of the pictures that only the candidate flags, and of those that only the original does."""

    newly_flagged: tuple[int, ...]
    newly_missed: tuple[int, ...]


def decisions(scores: NDArray[Any], threshold: float) -> NDArray[np.bool_]:
    """Return which scores are flagged, ``score >= threshold``, bool in the shape of ``scores``; nan is not.

    In float64, as ``Thresholds.verdict`` decides: numpy would round the threshold to the scores' float32, and a score
    just under 0.7 would reach it.
    """
    return np.asarray(scores.astype(np.float64) >= threshold)


def flips(original: NDArray[Any], candidate: NDArray[Any], threshold: float, own: float | None = None) -> Flips:
    """Compare the decisions of two classifiers, scores float [n] each, at ``threshold``, or the candidate's ``own``."""
    before, after = decisions(original, threshold), decisions(candidate, threshold if own is None else own)
    return Flips(
        newly_flagged=tuple(np.flatnonzero(after & ~before).tolist()),
        newly_missed=tuple(np.flatnonzero(before & ~after).tolist()),
    )
