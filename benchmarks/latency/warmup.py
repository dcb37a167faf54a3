"""Until the times are stable: compilers have compiled, caches are filled, clocks have come up, memory is allocated."""

from collections.abc import Sequence
from itertools import cycle, pairwise
from statistics import median
from time import perf_counter_ns

from benchmarks.latency.samples import Warmup
from benchmarks.latency.stages import Query

_WINDOWS = 4
_LEAST = 24
"""Fewest queries: windows of three."""
_AGREE = 0.05
_FALLING = 0.01
_LOOK_AGAIN = 1.25


def settled(times_ns: Sequence[int]) -> bool:
    """Whether the times of consecutive queries have become stable.

    The later half is cut into four windows of equal length. Their medians have to agree within 5 %, and they must not
    go on falling, each below the one before, by more than 1 % in all. The windows grow with the series, so that noise
    averages out and a start, however slow, is left behind; fewer than 24 queries say nothing.
    """
    length = len(times_ns) // (2 * _WINDOWS)
    if len(times_ns) < _LEAST:
        return False
    later = times_ns[-length * _WINDOWS :]
    medians = [median(later[start : start + length]) for start in range(0, length * _WINDOWS, length)]
    falls = all(after < before for before, after in pairwise(medians))
    if falls and medians[0] > medians[-1] * (1 + _FALLING):
        return False
    return max(medians) <= min(medians) * (1 + _AGREE)


def warm_up(queries: Sequence[Query], seconds: float) -> Warmup:
    """Ask until ``settled``, or for ``seconds``; at least once."""
    times: list[int] = []
    look, began = _LEAST, perf_counter_ns()
    deadline = began + int(seconds * 1e9)
    for query in cycle(queries):
        started = perf_counter_ns()
        query()
        ended = perf_counter_ns()
        times.append(ended - started)
        late = ended >= deadline
        if late or len(times) >= look:
            if (stable := settled(times)) or late:
                break
            look = int(len(times) * _LOOK_AGAIN)
    return Warmup(queries=len(times), seconds=(ended - began) / 1e9, settled=stable)
