"""The search for the highest rate of arrivals at which the 99th percentile stays inside a bound, without a clock.

predicted = predicted_rate(service_ns, bound_ns)     # 61.4 a second, from times that single_stream measured
while (rate := next_rate(trials, predicted)) is not None:
    trials.append(...)                               # ask at this rate: Samples with ``rate`` and ``bound_ns``
best_rate(trials)                                    # Measurement(value=59.8, low=59.8, high=61.4), queries a second

Queries arrive as a Poisson process and wait in one queue for one server, as in MLPerf's Server.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.percentiles import fewest
from benchmarks.latency.samples import Samples
from benchmarks.parity_report import Measurement

PERCENTILE = 99
MOST_TRIALS = 12
CLOSE_ENOUGH = 1.03
"""The search ends when the lowest rate that failed is within this factor of the highest that held."""

_FIRST_STEP = 1.1
_LEAST_SHARE = 0.25
_ARRIVALS = 200_000
_HALVINGS = 20
_PARTS = 10
_GROWS = 2.33  # standard deviations: chance alone goes beyond it once in 100 trials


def predicted_rate(service_ns: Sequence[int], bound_ns: int, q: float = PERCENTILE, seed: int = 0) -> float | None:
    """Return the arrivals a second at which the ``q``-th percentile of waiting and service would be ``bound_ns``.

    ``service_ns``: times of single queries, drawn from in any order. Waiting times follow Lindley's recursion ("The
    theory of queues with a single server", 1952) for 200,000 arrivals, the same at every rate tried. None where the
    service alone breaks the bound.
    """
    chance = np.random.default_rng(seed)
    service = chance.choice(np.asarray(service_ns, np.float64), _ARRIVALS)
    if np.percentile(service, q) > bound_ns:
        return None
    gaps = chance.exponential(1.0, _ARRIVALS)
    low, high = np.log([1e-6, 1.0]) - np.log(service.mean())  # at the upper end the queue grows for ever
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        inside = np.percentile(service + waiting(service, gaps / np.exp(middle)), q) <= bound_ns
        low, high = (middle, high) if inside else (low, middle)
    return float(np.exp(low) * 1e9)


def waiting(service: NDArray[np.float64], gaps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how long each query waits, [n]; ``gaps[i]`` is the time from arrival i - 1 to arrival i.

    Lindley's recursion, W[i] = max(0, W[i-1] + service[i-1] - gaps[i]), written as the height of a walk above the
    lowest point that it has been to.
    """
    walk = np.concatenate([[0.0], np.cumsum(service[:-1] - gaps[1:])])
    return walk - np.minimum.accumulate(walk)


def held(samples: Samples) -> bool:
    """Say whether a trial kept its bound: its 99th percentile did, on enough samples, and its queue did not grow.

    With fewer samples than a 99th percentile takes, nothing was shown and the answer is no. An overloaded queue can
    stay below the bound until a short trial is over, so a backlog that grows from tenth to tenth of the rounds is a no
    as well. It is found by the seasonal Kendall test (Hirsch, Slack and Smith, Water Resources Research 18, 1982), each
    round a season. An overload of 10 % shows in 1,000 queries of one round or in 6 rounds of 400; of less than that
    only a tight bound or more queries tell.

    Raises:
        ValueError: the samples have no bound: they are not a trial.
    """
    if samples.bound_ns is None:
        raise ValueError("samples without a bound_ns are not a trial of the scenario server")
    if samples.count < fewest(PERCENTILE):
        return False
    reached = np.percentile(np.concatenate(samples.rounds), PERCENTILE, method="inverted_cdf")
    return bool(reached <= samples.bound_ns) and not _grows(samples)


def next_rate(trials: Sequence[Samples], predicted: float | None) -> float | None:
    """Return the rate to try next, queries a second, or None when the search is over.

    First the prediction; then away from it by growing steps until one rate has held and one has failed; then the
    geometric mean of the two, until they are within 3 %. Never more than 12 trials, none without a prediction, and none
    below a quarter of it: there hardly anything waits, so it is the service that breaks the bound, and slow trials
    take long.
    """
    if not trials or predicted is None:
        return predicted
    if len(trials) >= MOST_TRIALS:
        return None
    low, high = _bracket(trials)
    step = _FIRST_STEP ** len(trials)
    if low is None:
        lower = predicted if high is None else high / step
        return lower if lower >= _LEAST_SHARE * predicted else None
    if high is None:
        return low * step
    return None if high / low <= CLOSE_ENOUGH else sqrt(low * high)


def best_rate(trials: Sequence[Samples]) -> Measurement:
    """Return the highest rate that held, queries a second; the truth is between ``low`` and ``high``.

    ``low`` is that rate and ``high`` the lowest that failed, None if none did. A rate above one that failed does not
    count: it was luck.
    """
    low, high = _bracket(trials)
    if low is None:
        tried = f"; the lowest that was tried is {high:.3g} queries a second" if high is not None else ""
        return Measurement(value=None, undefined=f"no rate kept the bound{tried}")
    return Measurement(value=low, low=low, high=high)


def _bracket(trials: Sequence[Samples]) -> tuple[float | None, float | None]:
    """Return the highest rate that held below every one that failed, and the lowest that failed."""
    answers = [(trial.rate, held(trial)) for trial in trials if trial.rate is not None]
    high = min((rate for rate, kept in answers if not kept), default=None)
    low = max((rate for rate, kept in answers if kept and (high is None or rate < high)), default=None)
    return low, high


def _grows(samples: Samples) -> bool:
    """Say whether the times of a round's tenths rise, over all rounds, by more than chance would have it.

    The first tenth is left out: every queue begins empty.
    """
    score, variance = 0.0, 0.0
    for times in samples.rounds:
        parts = [np.median(part) for part in np.array_split(times, min(_PARTS, len(times)))[1:]]
        n = len(parts)
        score += float(sum(np.sign(np.subtract(parts[i + 1 :], parts[i])).sum() for i in range(n)))
        variance += n * (n - 1) * (2 * n + 5) / 18
    return variance > 0 and score > _GROWS * sqrt(variance)
