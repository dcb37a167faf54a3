"""Was the machine too noisy to judge by? From what a report has, and in sentences.

noise = noise_of(report)
noise.noisy          # True
noise.reasons        # ("Times of onnx int8 in single_stream scatter by 9 % between rounds (limit 5 %).",)

A verdict's interval already widens with noise; what is said here is that it did, and what made it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.latency.comparison import LEAST_ROUNDS, round_medians
from benchmarks.latency.report import LatencyReport, Row
from benchmarks.latency.samples import Samples

SPREAD = 0.05
DRIFT = 0.05
STEAL = 0.01
OTHERS = 0.05
WAITING = 0.05
"""The limits: of time between rounds, of time over the run, of the cores twice, and of one thread's time."""

_SIGMA = 1.4826  # of the median absolute deviation, to be a normal distribution's standard deviation
_WITH_PAUSES = "server"


@dataclass(frozen=True)
class Noise:
    """``reasons``: a sentence for each thing that was out of its limit.

    ``spread``: the scatter of round medians in the row where it is largest, relative; None without 6 rounds anywhere.
    """

    reasons: tuple[str, ...]
    spread: float | None

    @property
    def noisy(self) -> bool:
        """Whether anything was."""
        return bool(self.reasons)


def noise_of(report: LatencyReport) -> Noise:
    """Judge a run by its rounds, by processor time against wall-clock time, and by the load of the machine."""
    spreads = [one for row in report.rows for _, samples in _timed(row) if (one := spread(samples)) is not None]
    reasons = (*_load(report), *_drifts(report), *(line for row in report.rows for line in _of(row)))
    return Noise(reasons, max(spreads, default=None))


def spread(samples: Samples) -> float | None:
    """Return the scatter of round medians, relative: 1.4826 times the median absolute deviation of their logarithms.

    As the standard deviation of a normal distribution, and blind to a few disturbed rounds (Rousseeuw and Croux,
    "Alternatives to the median absolute deviation", 1993, section 1). None with fewer than 6 rounds.
    """
    if len(samples.rounds) < LEAST_ROUNDS:
        return None
    logs = np.log(round_medians(samples))
    return float(_SIGMA * np.median(np.abs(logs - np.median(logs))))


def drift(together: list[Samples]) -> float | None:
    """Return by how much all of several contenders slowed down or sped up over a run, relative.

    From the slowest third of the run to the fastest: of each round the median, over contenders, of its median time
    against the contender's own; of each third the median of those. None with one contender, or fewer than 6 rounds.
    """
    rounds = min((len(one.rounds) for one in together), default=0)
    if len(together) < 2 or rounds < LEAST_ROUNDS:
        return None
    logs = np.log([round_medians(one)[:rounds] for one in together])
    common = np.median(logs - np.median(logs, axis=1, keepdims=True), axis=0)
    thirds = [np.median(third) for third in np.array_split(common, 3)]
    return float(np.expm1(max(thirds) - min(thirds)))


def _timed(row: Row) -> Iterator[tuple[str, Samples]]:
    """Yield the samples that were taken without pauses, with the scenario they are of."""
    for name, found in row.scenarios.items():
        if name != _WITH_PAUSES:
            for samples in found:
                yield (f"{name} at batch {samples.batch}" if len(found) > 1 else name), samples


def _of(row: Row) -> Iterator[str]:
    name = row.contender.name
    for where, samples in _timed(row):
        scatter = spread(samples)
        if scatter is not None and scatter > SPREAD:
            yield f"Times of {name} in {where} scatter by {_percent(scatter)} between rounds{_limit(SPREAD)}"
        waited = 1 - sum(samples.cpu_ns) / max(1, sum(samples.wall_ns))
        if row.contender.threads == 1 and row.contender.device == "cpu" and waited > WAITING:
            yield f"The one thread of {name} in {where} had no core for {_percent(waited)} of the time{_limit(WAITING)}"
        if samples.warmup and not samples.warmup.settled:
            yield f"{name} in {where} had not settled after {samples.warmup.seconds:.0f} s of warm-up."


def _drifts(report: LatencyReport) -> Iterator[str]:
    together: dict[str, list[Samples]] = {}
    for row in report.rows:
        for where, samples in _timed(row):
            together.setdefault(where, []).append(samples)
    for where, those in together.items():
        moved = drift(those)
        if moved is not None and moved > DRIFT:
            yield f"All contenders together drifted by {_percent(moved)} during {where}{_limit(DRIFT)}"


def _load(report: LatencyReport) -> Iterator[str]:
    load = report.load
    if load is None:
        return
    stolen, others = load.steal / load.cores, load.others / load.cores
    if stolen > STEAL:
        yield f"The hypervisor kept {_percent(stolen, 1)} of the processor time for others{_limit(STEAL)}"
    whole_machine = load.cores == report.environment.cores
    if whole_machine and others > OTHERS:
        yield f"Other programs kept {_percent(others)} of the cores busy{_limit(OTHERS)}"
    if not whole_machine and load.cores - load.busy < 1:
        yield f"All {load.cores} cores were busy, of which this run may use {report.environment.cores}."


def _limit(share: float) -> str:
    return f" (limit {_percent(share)})."


def _percent(share: float, digits: int = 0) -> str:
    return f"{100 * share:.{digits}f} %"
