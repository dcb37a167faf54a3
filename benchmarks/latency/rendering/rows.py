"""From a report to what is said of each contender: times, ratios, verdicts, decisions.

reading = read(report)
reading.standing("onnx int8").speeds[0].against_original.verdict.word       # "faster"
"""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from benchmarks.latency.comparison import Verdict, paired, round_medians
from benchmarks.latency.noise import Noise, noise_of
from benchmarks.latency.percentiles import percentile
from benchmarks.latency.rendering.agreement import Agreement, agreement_of
from benchmarks.latency.report import LatencyReport, Row
from benchmarks.latency.samples import Samples
from benchmarks.latency.server_search import best_rate, held
from benchmarks.parity_report import Measurement
from benchmarks.why.limit import share_of_peak

Role = Literal["original", "ours", "peer"]


@dataclass(frozen=True)
class Against:
    """A contender's time over that of ``name``, in the same scenario and at the same batch size."""

    name: str
    verdict: Verdict


@dataclass(frozen=True)
class Speed:
    """One contender in one scenario, at one batch size or rate.

    ``p50``, ``p90``, ``p99``: nanoseconds a query. ``share_of_peak``: multiply-accumulates a second over the measured
    peak of the machine, from 0 to 1; None where either is not known.
    """

    scenario: str
    samples: Samples = field(repr=False)
    p50: Measurement
    p90: Measurement
    p99: Measurement
    against_original: Against | None = None
    against_peer: Against | None = None
    share_of_peak: float | None = None

    @property
    def cpu_ns(self) -> float:
        """Processor time of the whole process for one query, in nanoseconds."""
        return sum(self.samples.cpu_ns) / self.samples.count

    @property
    def ns_per_picture(self) -> float:
        """Median time of a query over its pictures: what contenders are ranked by, as their ratios are of medians."""
        return median_ns(self.samples) / self.samples.batch

    @property
    def held(self) -> bool | None:
        """Whether the bound was kept (benchmarks.latency.server_search); None without a bound."""
        return None if self.samples.bound_ns is None else held(self.samples)


@dataclass(frozen=True)
class Standing:
    """One contender. ``place`` is its position in the run, from 0. ``agreement``: None where there was no original."""

    place: int
    row: Row = field(repr=False)
    role: Role
    speeds: tuple[Speed, ...]
    agreement: Agreement | None

    @property
    def name(self) -> str:
        """The contender's name."""
        return self.row.contender.name

    def best(self, scenario: str) -> Speed | None:
        """Return where it stands best: the most pictures a second; in server the highest rate that it held."""
        there = [speed for speed in self.speeds if speed.scenario == scenario]
        if any(speed.samples.rate for speed in there):
            rate = best_rate([speed.samples for speed in there]).value
            return next((speed for speed in there if speed.held and speed.samples.rate == rate), None)
        return max(there, key=lambda speed: speed.samples.pictures_per_second, default=None)


@dataclass(frozen=True)
class Reading:
    """A report, read: its contenders in the order of the run, and whether the machine was quiet."""

    report: LatencyReport = field(repr=False)
    standings: tuple[Standing, ...]
    noise: Noise

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios that have samples, in the order of the plan."""
        measured = {speed.scenario for standing in self.standings for speed in standing.speeds}
        planned = [name for name in self.report.plan.scenarios if name in measured]
        return (*planned, *sorted(measured - set(planned)))

    def standing(self, name: str) -> Standing:
        """Return the contender ``name``; KeyError if there is none."""
        return self.standings[self.report.rows.index(self.report.row(name))]

    def in_scenario(self, scenario: str) -> tuple[tuple[Standing, Speed], ...]:
        """Return every speed of a scenario with whose it is, in the order of the run."""
        return tuple(
            (standing, speed) for standing in self.standings for speed in standing.speeds if speed.scenario == scenario
        )


def read(report: LatencyReport) -> Reading:
    """Derive everything that is said of ``report``; times of different stages are never compared."""
    standings = tuple(
        Standing(
            place,
            row,
            _role(row),
            tuple(
                _speed(report, row, scenario, samples) for scenario, tried in row.scenarios.items() for samples in tried
            ),
            None if row.parity is None else agreement_of(row.parity),
        )
        for place, row in enumerate(report.rows)
    )
    return Reading(report, standings, noise_of(report))


def _role(row: Row) -> Role:
    if row.contender.original:
        return "original"
    return "peer" if row.contender.peer else "ours"


def _speed(report: LatencyReport, row: Row, scenario: str, samples: Samples) -> Speed:
    original = _nearest(report, row, scenario, samples, "original")
    peer = None if _role(row) == "peer" else _nearest(report, row, scenario, samples, "peer")
    return Speed(
        scenario,
        samples,
        p50=percentile(samples, 50),
        p90=percentile(samples, 90),
        p99=percentile(samples, 99),
        against_original=original,
        against_peer=peer,
        share_of_peak=_share_of_peak(report, row, samples),
    )


def _nearest(report: LatencyReport, row: Row, scenario: str, samples: Samples, role: Role) -> Against | None:
    """Compare with the original, or the fastest peer: of those on the same device and threads, if there are such.

    What failed on its way is no measure. In the scenario server a rate is what is compared, so there are no ratios.
    """
    if samples.rate is not None:
        return None
    others = [
        (other, theirs)
        for other in report.rows
        if _role(other) == role and other is not row and other.failure is None
        if other.contender.stage == row.contender.stage
        for theirs in other.scenarios.get(scenario, ())
        if theirs.batch == samples.batch
    ]
    if not others or (role == "original" and row.contender.original):
        return None
    alike = [one for one in others if _place(one[0]) == _place(row)] or others
    best, theirs = min(alike, key=lambda one: median_ns(one[1]))
    return Against(best.contender.name, paired(samples, theirs))


def _place(row: Row) -> tuple[str, int | None]:
    return row.contender.device, row.contender.threads


def median_ns(samples: Samples) -> float:
    """Return the median of the rounds' medians, nanoseconds."""
    return float(np.median(round_medians(samples)))


def _share_of_peak(report: LatencyReport, row: Row, samples: Samples) -> float | None:
    """Return the share of a peak that was measured with as many threads; a GPU's is not."""
    subject, peak = row.subject, report.peak
    threads = row.contender.threads or report.environment.cores
    if peak is None or subject is None or subject.macs is None:
        return None
    if row.contender.device != "cpu" or peak.threads != threads:
        return None
    return share_of_peak(subject.macs, 1e9 / samples.pictures_per_second, peak, subject.recipe)
