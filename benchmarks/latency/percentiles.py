"""Percentiles of query times, each with its interval, and refused where the samples cannot carry it.

percentile(samples, 90)         # Measurement(value=5_120_000, low=5_090_000, high=5_160_000), nanoseconds
percentile(samples, 99)         # Measurement(value=None, undefined="100 samples; p99 takes 368")
fewest(99)                      # 368
"""

from math import ceil, log

import numpy as np
from numpy.typing import NDArray

from benchmarks.bootstrap import Bootstrap, Interval
from benchmarks.latency.samples import Samples
from benchmarks.parity_report import Measurement

RESULT: dict[str, float] = {"single_stream": 90, "multi_stream": 99, "server": 99}
"""The percentile that MLPerf Inference calls the result of a scenario; that of offline is pictures a second."""


def percentile(samples: Samples, q: float, bootstrap: Bootstrap | None = None) -> Measurement:
    """Return the ``q``-th percentile of the times, such as 50, 90, 99 or 99.9, in nanoseconds, with its interval.

    It is the smallest time that at least ``q`` in a hundred do not exceed. There is no value where there are fewer
    samples than ``fewest`` asks for, and no interval where there are fewer rounds than a median takes, which is 6:
    times within a round are alike, so it is the rounds that say how far it moves. ``bootstrap``: 1000 resamples, 95 %,
    by default.

    Raises:
        ValueError: ``q`` is not between 0 and 100.
    """
    bootstrap = bootstrap or Bootstrap()
    least = fewest(q, bootstrap.confidence)
    if samples.count < least:
        return Measurement(value=None, undefined=f"{_many(samples.count, 'sample')}; p{q:g} takes {least}")
    pooled = np.sort(np.concatenate(samples.rounds))
    value = float(pooled[_rank(q, len(pooled))])
    rounds, least_rounds = len(samples.rounds), fewest(50, bootstrap.confidence)
    if rounds < least_rounds:
        return Measurement(value=value, undefined=f"{_many(rounds, 'round')}; an interval takes {least_rounds}")
    low, high = _interval(samples, q, bootstrap)
    return Measurement(value=value, low=low, high=high)


def fewest(q: float, confidence: float = 0.95) -> int:
    """Return how many independent samples the ``q``-th percentile takes: 6 for 50, 36 for 90, 368 for 99.

    With fewer the percentile lies beyond the largest (or, below 50, the smallest) of them more often than a two-sided
    interval of this confidence allows, and no two samples bound it. From the distribution of order statistics, whatever
    that of the times: David and Nagaraja, "Order statistics" (2003), section 7.1.

    Raises:
        ValueError: ``q`` is not between 0 and 100.
    """
    if not 0 < q < 100:
        raise ValueError(f"a percentile is between 0 and 100 (got {q:g})")
    return ceil(log((1 - confidence) / 2) / log(max(q, 100 - q) / 100))


def _interval(samples: Samples, q: float, bootstrap: Bootstrap) -> Interval:
    """Return the bootstrap interval: rounds are drawn with replacement, then samples within each drawn round.

    Davison and Hinkley, "Bootstrap methods and their application" (1997), section 3.8, on data in groups. Which sample
    comes out of a resample is found without drawing all of them: of those that fall between two ranks of the pooled
    samples, a binomial number falls into the lower half.
    """
    chance = np.random.default_rng(bootstrap.seed)
    lengths = np.array([len(one) for one in samples.rounds])
    times = np.concatenate(samples.rounds)
    order = np.argsort(times, kind="stable")
    owner = np.repeat(np.arange(len(lengths)), lengths)[order]
    below = np.zeros((len(times) + 1, len(lengths)), np.int64)  # by round, samples among the so many smallest
    np.cumsum(owner[:, None] == np.arange(len(lengths)), axis=0, out=below[1:])

    turns = chance.multinomial(len(lengths), np.full(len(lengths), 1 / len(lengths)), size=bootstrap.resamples)
    left = turns * lengths  # by resample and round, drawn samples whose rank is in [first, last)
    wanted = _rank(q, left.sum(axis=1))
    first, last = np.zeros(len(left), np.int64), np.full(len(left), len(times))
    while (last - first > 1).any():
        middle = (first + last) // 2
        lower, whole = below[middle] - below[first], below[last] - below[first]
        drawn = chance.binomial(left, np.divide(lower, whole, out=np.zeros(whole.shape), where=whole > 0))
        descends = wanted < drawn.sum(axis=1)
        wanted = np.where(descends, wanted, wanted - drawn.sum(axis=1))
        left = np.where(descends[:, None], drawn, left - drawn)
        first, last = np.where(descends, first, middle), np.where(descends, middle, last)
    return bootstrap.interval(times[order][first].astype(np.float64))


def _rank(q: float, count: NDArray[np.int64] | int) -> NDArray[np.int64]:
    """Return the index of the percentile among ``count`` sorted samples; 1e-9 forgives the division by 100."""
    return np.ceil(np.asarray(count) * (q / 100) - 1e-9).astype(np.int64) - 1


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}{'s' * (count != 1)}"
