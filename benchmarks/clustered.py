"""The interval of a proportion where pictures come in groups that share their fate: crops of one photograph.

    clustered_interval(flagged, groups)      # wider than clopper_pearson's, for 40 crops of 10 photographs are not 40

Korn and Graubard, "Confidence intervals for proportions with small expected number of positive counts estimated from
survey data", Survey Methodology 24 (1998): the exact interval, for as many trials as the groups are worth.
"""

import numpy as np
from numpy.typing import NDArray

from benchmarks.binomial import clopper_pearson
from benchmarks.bootstrap import Interval


def clustered_interval(hit: NDArray[np.bool_], groups: NDArray[np.intp], confidence: float = 0.95) -> Interval:
    """Return the interval of the share of ``hit``, bool [n], whose pictures are of ``groups``, int [n].

    The effective number of trials is ``p (1 - p) / v``, with v the variance of the share between groups (linearised
    for a ratio), never more than n. Where nothing or everything was hit, v says nothing, and each group counts once.
    """
    trials = len(hit)
    if not trials:
        return clopper_pearson(0, 0, confidence)
    share = float(np.mean(hit))
    effective = min(float(trials), _effective(hit, groups, share))
    return clopper_pearson(share * effective, effective, confidence)


def _effective(hit: NDArray[np.bool_], groups: NDArray[np.intp], share: float) -> float:
    _, of_group = np.unique(groups, return_inverse=True)
    count = int(of_group.max()) + 1
    if count == len(hit):
        return float(count)
    if share in (0, 1) or count == 1:
        return float(count)
    residuals = np.bincount(of_group, weights=hit - share)
    variance = float(np.sum(residuals**2)) * count / (count - 1) / len(hit) ** 2
    return share * (1 - share) / variance if variance > 0 else float(count)
