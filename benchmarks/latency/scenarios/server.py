"""Server: queries come when they come, and wait in one queue; the highest rate at which 99 % are answered in time.

Every trial is kept, the rate of each in its samples; ``benchmarks.latency.server_search.best_rate`` says how the
search ended. A trial is six rounds. Each begins with an empty queue and has arrivals of its own, the same at every rate
but for their pace; so the rates of two contenders are found under the same luck. A queue that grows slowly, at a rate a
few per cent too high, is not seen in rounds of a few seconds: ``plan.seconds`` makes them longer.
"""

from math import ceil

from benchmarks.latency.percentiles import fewest
from benchmarks.latency.plan import Plan
from benchmarks.latency.protocol import Measure, Measured, Serve
from benchmarks.latency.samples import Samples, Warmup
from benchmarks.latency.scenarios import Field, Progress
from benchmarks.latency.server_search import PERCENTILE, next_rate, predicted_rate
from benchmarks.latency.turns import samples_of, warm

TITLE = "pictures that arrive at random; the highest rate that keeps a bound"

_ROUNDS = 6
"""Rounds of a trial: as many as an interval of its percentile takes."""
_HALF_BUSY = 0.5
"""What is tried where the service alone breaks the bound: samples show by how much."""


def measure(field: Field, plan: Plan, progress: Progress) -> dict[str, tuple[Samples, ...]]:
    """Return for each contender the samples of every rate that was tried, each with its rate and the bound.

    Raises:
        ValueError: the plan has no bound; ``benchmarks.latency.run.check`` refuses such a plan.
    """
    if plan.latency_bound_ms is None:
        raise ValueError("the scenario server needs plan.latency_bound_ms")
    bound_ns = int(plan.latency_bound_ms * 1e6)
    warmups = warm(field, plan, 1, progress, "server")
    found: dict[str, tuple[Samples, ...]] = {}
    for name in field.names:
        trials = _search(field, name, plan, bound_ns, warmups[name], progress)
        if trials is not None:
            found[name] = trials
            field.keep(found)
    return found


def _search(
    field: Field, name: str, plan: Plan, bound_ns: int, warmup: Warmup, progress: Progress
) -> tuple[Samples, ...] | None:
    """Return every trial of one contender; None if it failed on the way."""
    command = Measure(batch=1, seconds=plan.seconds, least=plan.least_queries, most=plan.most_queries)
    alone = field.ask(name, command, seconds=plan.seconds)
    if not isinstance(alone, Measured):
        return None
    predicted = predicted_rate(alone.times_ns, bound_ns, seed=plan.seed)
    mean_ns = sum(alone.times_ns) / len(alone.times_ns)
    trials: list[Samples] = []
    rate: float | None = predicted or _HALF_BUSY * 1e9 / mean_ns
    while rate is not None:
        progress(f"server: {name}, {rate:.3g} queries a second")
        trial = _trial(field, name, plan, rate, mean_ns)
        if trial is None:
            return None
        trials.append(samples_of(trial, 1, warmup, rate=rate, bound_ns=bound_ns))
        rate = next_rate(trials, predicted) if predicted is not None else None
    return tuple(trials)


def _trial(field: Field, name: str, plan: Plan, rate: float, mean_ns: float) -> list[Measured] | None:
    """Ask at one rate; a trial lasts as long as the rounds of other scenarios, or as long as its percentile takes."""
    least = ceil(fewest(PERCENTILE) / _ROUNDS)
    count = max(least, min(int(rate * plan.seconds * plan.rounds / _ROUNDS), plan.most_queries))
    rounds = []
    for turn in range(_ROUNDS):
        serve = Serve(rate=rate, count=count, seed=plan.seed + turn)
        reply = field.ask(name, serve, seconds=count * (1 / rate + mean_ns / 1e9))
        if not isinstance(reply, Measured):
            return None
        rounds.append(reply)
    return rounds
