"""The exact interval of a proportion, which stays honest where a bootstrap does not: 0 of 200 is not [0, 0].

clopper_pearson(0, 200)    # Interval(low=0.0, high=0.0183)
"""

from benchmarks.bootstrap import Interval


def clopper_pearson(hits: float, trials: float, confidence: float = 0.95) -> Interval:
    """Return the values of p under which neither ``hits`` or fewer nor ``hits`` or more would be a surprise.

    Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
    Biometrika 26 (1934), by way of the beta distribution's quantiles. Covers at least ``confidence``, often more.
    Without trials nothing is known: [0, 1]. Numbers need not be whole: of a sample whose pictures depend on each other
    they are what it is worth (``benchmarks.clustered``).
    """
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = float(betaincinv(hits, trials - hits + 1, tail)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, trials - hits, 1 - tail)) if hits < trials else 1.0
    return Interval(low, high)
