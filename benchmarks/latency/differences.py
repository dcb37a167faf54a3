"""What changed from one report to another: times, decisions, sizes, and rows that failed, went or came.

found = differences(before, after)
found.times[0].word          # "slower"
found.notes                  # ("onnx int8: threads differ (1 and 2), so its times are not compared.",)

Rows are matched by name. What was not timed alike is not compared, and a note says so.
"""

from collections.abc import Iterator
from math import isfinite

from benchmarks.latency.change import Differences, Parity, ParityChange, ResultLost, RowLost, SizeChange, TimeChange
from benchmarks.latency.comparison import Verdict, typical_ns, unpaired
from benchmarks.latency.noise import noise_of
from benchmarks.latency.report import LatencyReport, Row
from benchmarks.latency.server_search import best_rate
from benchmarks.parity_report import ParityReport
from models.errors import UserError

_SAME = ("stage", "device", "threads", "hint", "runtime", "settings")


def differences(before: LatencyReport, after: LatencyReport, *, any_machine: bool = False) -> Differences:
    """Compare two runs; the times by ``benchmarks.latency.comparison.unpaired``, whose limits hold.

    Raises:
        UserError: they were made on two machines, and not ``any_machine``.
    """
    same = before.environment.fingerprint == after.environment.fingerprint
    if not same and not any_machine:
        problem = f"made on two machines (got {_machine(before)}; and {_machine(after)})"
        raise UserError("reports", problem, "Compare runs of one machine, or say --any-machine.")
    names = {row.contender.name for row in after.rows}
    both = [(row, after.row(row.contender.name)) for row in before.rows if row.contender.name in names]
    times: list[TimeChange] = []
    missing: list[ResultLost] = []
    notes = list(_notes(before, after))
    for row, now in both:
        if now.failure is not None or row.failure is not None:
            continue
        if problem := _timed_otherwise(row, now, before, after):
            notes.append(f"{row.contender.name}: {problem}, so its times are not compared.")
            continue
        for found in _times(row, now, before, after):
            if isinstance(found, str):
                notes.append(found)
            elif isinstance(found, ResultLost):
                missing.append(found)
            else:
                times.append(found)
    reasons = {"before": noise_of(before).reasons, "after": noise_of(after).reasons}
    return Differences.model_validate(
        {
            "same_machine": same,
            "times": times,
            "parity": [
                ParityChange(row=row.contender.name, before=_parity(row.parity), after=_parity(now.parity))
                for row, now in both
                if (row.parity or now.parity) and now.failure is None
            ],
            "sizes": list(_sizes(both)),
            "lost": list(_lost(before, after)),
            "missing": missing,
            "noise": {which: those for which, those in reasons.items() if those},
            "notes": notes,
        }
    )


def _machine(report: LatencyReport) -> str:
    about = report.environment
    return ", ".join([about.processor, f"{about.cores} cores", *(gpu.name for gpu in about.gpus)])


def _timed_otherwise(row: Row, now: Row, before: LatencyReport, after: LatencyReport) -> str:
    """Return in what the two were timed differently; empty where they were timed alike."""
    for name in _SAME:
        was, has = getattr(row.contender, name), getattr(now.contender, name)
        if was != has:
            return f"{name} {'differ' if name.endswith('s') else 'differs'} ({was} and {has})"
    if before.plan.cores != after.plan.cores:
        return f"cores differ ({_cores(before)} and {_cores(after)})"
    return ""


def _cores(report: LatencyReport) -> str:
    return "any" if report.plan.cores is None else " ".join(map(str, report.plan.cores))


Change = TimeChange | ResultLost | str


def _times(row: Row, now: Row, before: LatencyReport, after: LatencyReport) -> Iterator[Change]:
    """Yield the change in each scenario and batch that both have, what is gone, and a note on what is new.

    What the second run was not asked for is not gone, and is a note too.
    """
    name = row.contender.name
    for scenario in (*row.scenarios, *(one for one in now.scenarios if one not in row.scenarios)):
        if scenario == "server":
            yield from _rates(row, now, before, after)
            continue
        was = {samples.batch: samples for samples in row.scenarios.get(scenario, ())}
        has = {samples.batch: samples for samples in now.scenarios.get(scenario, ())}
        for batch in sorted({*was, *has}):
            if batch in was and batch not in has and _asked_for(scenario, batch, after):
                yield ResultLost(row=name, scenario=scenario, batch=batch)
            elif batch not in was or batch not in has:
                yield f"{name}, {scenario}: batch {batch} is in one report alone, so it is not compared."
            else:
                verdict = unpaired(was[batch], has[batch])
                yield _change(name, scenario, batch, typical_ns(was[batch]), typical_ns(has[batch]), verdict)


def _asked_for(scenario: str, batch: int, report: LatencyReport) -> bool:
    return scenario in report.plan.scenarios and (scenario != "offline" or batch in report.plan.batches)


def _rates(row: Row, now: Row, before: LatencyReport, after: LatencyReport) -> Iterator[Change]:
    """Yield the change of the highest rate; as sure of it as the two searches are, and no surer."""
    name, bounds = row.contender.name, (before.plan.latency_bound_ms, after.plan.latency_bound_ms)
    was, has = (best_rate(one.scenarios.get("server", ())) for one in (row, now))
    if bounds[0] != bounds[1]:
        yield f"{name}, server: bounds differ ({bounds[0]} and {bounds[1]} ms), so it is not compared."
    elif was.value is not None and has.value is None and _asked_for("server", 1, after):
        yield ResultLost(row=name, scenario="server", batch=1)
    elif was.value is None or has.value is None:
        which = "both reports" if was.value is has.value else ("A" if was.value is None else "B")
        yield f"{name}, server: no rate in {which}, so it is not compared."
    else:
        low = was.value / has.high if has.high else 0.0
        high = was.high / has.value if was.high else float("inf")
        yield _change(name, "server", 1, was.value, has.value, Verdict(was.value / has.value, low, high, 0))


def _change(row: str, scenario: str, batch: int, before: float, after: float, verdict: Verdict) -> TimeChange:
    return TimeChange(
        row=row,
        scenario=scenario,
        batch=batch,
        before=before,
        after=after,
        ratio=verdict.ratio,
        low=verdict.low,
        high=verdict.high if isfinite(verdict.high) else None,
        word=verdict.word,
    )


def _parity(report: ParityReport | None) -> Parity | None:
    if report is None:
        return None
    differ = [one.difference["max_abs"].value for one in report.categories if "max_abs" in one.difference]
    flips = sum(len(at.flipped) for one in report.categories for at in one.operating_points.values())
    return Parity(
        passed=report.passed,
        pictures=len(report.pictures),
        flips=flips,
        max_abs=max((value for value in differ if value is not None), default=None),
    )


def _sizes(both: list[tuple[Row, Row]]) -> Iterator[SizeChange]:
    for row, now in both:
        was, has = (one.subject.bytes if one.subject else None for one in (row, now))
        if was is not None and has is not None and was != has:
            yield SizeChange(row=row.contender.name, before=was, after=has)


def _lost(before: LatencyReport, after: LatencyReport) -> Iterator[RowLost]:
    now = {row.contender.name: row for row in after.rows}
    for name in (row.contender.name for row in before.rows if row.failure is None):
        if name not in now:
            yield RowLost(row=name)
        elif now[name].failure is not None:
            yield RowLost(row=name, failed=now[name].failure or "")


def _notes(before: LatencyReport, after: LatencyReport) -> Iterator[str]:
    was = {row.contender.name: row.failure for row in before.rows}
    for row in after.rows:
        name = row.contender.name
        if name not in was:
            yield f"{name}: only in B, so it is not compared."
        elif was[name] is not None:
            again = "failed in both" if row.failure is not None else "failed in A and did not in B"
            yield f"{name}: {again}, so it is not compared."
    packages = (before.environment.packages, after.environment.packages)
    for name in sorted({*packages[0], *packages[1]}):
        old, new = (one.get(name, "none") for one in packages)
        if old != new:
            yield f"{name}: version {old} in A, {new} in B."
