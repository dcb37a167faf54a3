"""Faster, slower, or can't tell: the ratio of two contenders' times with the interval that its word hangs on.

paired(ours, theirs)            # one run, turns interleaved: Verdict(ratio=0.71, low=0.69, high=0.74, word="faster")
unpaired(before, after)         # two runs: Verdict(ratio=1.02, low=0.97, high=1.08, word="can't tell")

What a time is here is the median of a round: times within a round are alike, and a few slow ones say nothing of the
rest. Both intervals are of 95 %, so that a contender compared with itself is called faster or slower once in 20 tries.
"""

from dataclasses import dataclass
from math import exp, inf, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.samples import Samples

Word = Literal["faster", "slower", "can't tell"]

LEAST_ROUNDS = 6
"""With fewer, no two rounds bound a median at 95 %."""

_CONFIDENCE = 0.95
_BATCHES = 4


@dataclass(frozen=True)
class Verdict:
    """``ratio`` of two times with its 95 % interval; below 1 the first of ``paired``, or what came after, is faster.

    ``rounds``: how many it rests on, of each. With fewer than 6 the interval is from 0 to infinity.
    """

    ratio: float
    low: float
    high: float
    rounds: int

    @property
    def word(self) -> Word:
        """What the interval allows to say."""
        if self.high < 1:
            return "faster"
        return "slower" if self.low > 1 else "can't tell"


def round_medians(samples: Samples) -> NDArray[np.float64]:
    """Return the median time of each round, nanoseconds, float64 [rounds]."""
    return np.array([np.median(one) for one in samples.rounds])


def typical_ns(samples: Samples) -> float:
    """Return the time of a run as ``unpaired`` compares it: the geometric mean over four stretches of rounds, ns."""
    return exp(_stretches(samples).mean())


def paired(ours: Samples, theirs: Samples) -> Verdict:
    """Compare two contenders of one run, whose rounds were interleaved: the time of ``ours`` over that of ``theirs``.

    The median over rounds of the ratio of round medians, with the interval of a median that holds for any distribution:
    between two of the sorted ratios, by the binomial distribution of how many lie below it (Conover, "Practical
    nonparametric statistics", 1999, section 3.2). What the machine does to both in a round cancels; what it does to one
    turn alone is an outlier. Rounds that only one of them has are left out.
    """
    rounds = min(len(ours.rounds), len(theirs.rounds))
    logs = np.sort(np.log(round_medians(ours)[:rounds] / round_medians(theirs)[:rounds]))
    ratio = exp(float(np.median(logs)))
    if rounds < LEAST_ROUNDS:
        return Verdict(ratio, 0.0, inf, rounds)
    beyond = _ranks_beyond(rounds)
    return Verdict(ratio, exp(logs[beyond]), exp(logs[-1 - beyond]), rounds)


def unpaired(before: Samples, after: Samples) -> Verdict:
    """Compare one contender in two runs: its time ``after`` over that ``before``.

    Rounds that follow each other are alike (the machine warms up, a neighbour comes and goes), so a run is cut into
    four stretches of rounds, and the medians of those are what scatters: the method of batch means (Schmeiser, "Batch
    size effects in the analysis of simulation output", Operations Research 30, 1982), on logarithms, with Student's t
    of the fewest degrees of freedom, 3.

    What it cannot know is what differs between the runs and not within them: another clock, another neighbour, memory
    laid out otherwise. Two runs of the same thing can differ by more than the interval says; ``paired`` does not have
    this fault.
    """
    rounds = min(len(before.rounds), len(after.rounds))
    earlier, later = _stretches(before), _stretches(after)
    ratio = exp(later.mean() - earlier.mean())
    if rounds < LEAST_ROUNDS:
        return Verdict(ratio, 0.0, inf, rounds)
    from scipy.special import stdtrit

    error = sqrt((earlier.var(ddof=1) + later.var(ddof=1)) / _BATCHES)
    reach = exp(float(stdtrit(_BATCHES - 1, (1 + _CONFIDENCE) / 2)) * error)
    return Verdict(ratio, ratio / reach, ratio * reach, rounds)


def _ranks_beyond(rounds: int) -> int:
    """Return how many of the sorted ratios can be left out at either end: 0 of 6, 2 of 12."""
    from scipy.special import bdtr

    beyond = 0
    while bdtr(beyond + 1, rounds, 0.5) <= (1 - _CONFIDENCE) / 2:
        beyond += 1
    return beyond


def _stretches(samples: Samples) -> NDArray[np.float64]:
    """Return the median of the logarithms of round medians in each stretch of rounds, float64 [at most 4]."""
    logs = np.log(round_medians(samples))
    return np.array([np.median(one) for one in np.array_split(logs, min(_BATCHES, len(logs)))])
