"""Everything together: workers, scenarios, scores and reasons into one report.

report = run(contenders, Inputs(pictures=files), Plan(), progress, spec=original.manifest.spec)
"""

import math
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import mode

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.latency.environment import here
from benchmarks.latency.field import RunningField, running
from benchmarks.latency.machine_load import MachineLoad, load_between, look
from benchmarks.latency.overhead import measure_overhead
from benchmarks.latency.plan import Plan
from benchmarks.latency.protocol import Explain, Explained, Inputs, Score, Scored
from benchmarks.latency.report import LatencyReport, Partial
from benchmarks.latency.rows import Found, rows
from benchmarks.latency.samples import Samples
from benchmarks.latency.scenarios import Progress, scenario
from benchmarks.observations import Observations
from benchmarks.parity import judge
from benchmarks.parity_report import ParityReport
from benchmarks.tolerance import Tolerance, tolerance_for
from benchmarks.why.document import Peak, Why
from benchmarks.why.peak import measure_peak
from models.errors import UnknownName, UserError
from models.processor import usable_cores
from models.spec import ClassifierSpec

Scores = NDArray[np.float32]

_AT_A_TIME = 16
_EXPLAINING_SECONDS = 120.0


def run(
    contenders: Sequence[Contender],
    inputs: Inputs,
    plan: Plan,
    progress: Progress,
    *,
    spec: ClassifierSpec | None = None,
    truth: Sequence[Sequence[bool]] | None = None,
    names: Sequence[str] | None = None,
    keep: Callable[[LatencyReport], object] | None = None,
) -> LatencyReport:
    """Measure every contender by every scenario of the plan, and never stop for one that fails.

    Each runs in a process of its own, and all of them are there from the first scenario to the last, to be asked in
    turn. Before anything is timed each scores every picture; with ``spec``, that of the contenders that are
    ``original``, the scores of the others are held against those of the first original that has any.

    Args:
        contenders: what is measured; each has a name of its own.
        inputs: the pictures.
        plan: how.
        progress: told what is being done.
        spec: the original's; without it there is no parity.
        truth: whether each picture shows each category, [pictures, categories].
        names: what the report calls the pictures; by default their paths from the folder that they share.
        keep: given a partial report after every round and every scenario, while nothing is timed.

    Raises:
        UserError: no contender, two of one name, or a scenario that the plan does not allow.
        UnknownName: a scenario that does not exist.
    """
    check(contenders, plan)
    before, environment = look(), here()
    overhead = measure_overhead(plan.cores, progress)
    ids = tuple(names) if names is not None else _ids(inputs.pictures)
    labels = None if truth is None else np.array(truth, np.bool_)
    with running(contenders, inputs, plan, progress) as field:

        def report(found: Found, partial: Partial | None, load: MachineLoad | None, peak: Peak | None) -> LatencyReport:
            return LatencyReport(
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                environment=environment,
                plan=plan,
                overhead=overhead,
                peak=peak,
                load=load,
                rows=rows(contenders, inputs, field, found),
                partial=partial,
            )

        scores = _scores(field, len(inputs.pictures), progress)
        parity = _parity(contenders, scores, ids, labels, spec, field) if spec is not None else {}
        done: dict[str, Mapping[str, tuple[Samples, ...]]] = {}
        peaks: dict[str, int] = {}

        def kept(now: Mapping[str, Mapping[str, tuple[Samples, ...]]]) -> None:
            if keep is not None:
                found = Found({**done, **now}, peaks or dict(field.peaks), parity)
                keep(report(found, Partial(complete=tuple(done)), load_between(before, look()), None))

        for name in plan.scenarios:
            field.on_keep = lambda found, name=name: kept({name: found})
            done[name] = scenario(name).measure(field, plan, progress)
            peaks = peaks or dict(field.peaks)
            kept({})
        reasons = _reasons(field, progress) if plan.explain else {}
    load = load_between(before, look())
    peak = _peak(contenders, plan, progress) if plan.explain else None
    return report(Found(done, peaks, parity, reasons, counted=True), None, load, peak)


def check(contenders: Sequence[Contender], plan: Plan) -> None:
    """Refuse what cannot be run, before anything is.

    Raises:
        UserError: no contender, two of one name, or a scenario that the plan does not allow.
        UnknownName: a scenario that does not exist.
    """
    names = [contender.name for contender in contenders]
    if not names:
        raise UserError("contenders", "nothing to measure (got none)", "Name a bundle or a peer.")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UserError("contenders", f"two of one name (got {twice!r})", "Give each its own.")
    for name in plan.scenarios:
        scenario(name)
    if "server" in plan.scenarios and plan.latency_bound_ms is None:
        raise UserError("scenario server", "it needs a bound to keep (got none)", "Give --latency-bound.")


def _scores(field: RunningField, pictures: int, progress: Progress) -> dict[str, Scores]:
    """Ask for a few pictures at a time: one that hangs is found soon."""
    rows: dict[str, list[tuple[float | None, ...]]] = {name: [] for name in field.names}
    for name in field.names:
        for first in range(0, pictures, _AT_A_TIME):
            progress(f"scoring: {name}", done=first, total=pictures)
            reply = field.ask(name, Score(first=first, count=_AT_A_TIME))
            if not isinstance(reply, Scored):
                break
            rows[name] += reply.scores
    return {name: _numbers(rows[name]) for name in field.names}


def _numbers(rows: Sequence[Sequence[float | None]]) -> Scores:
    return np.array([[math.nan if score is None else score for score in row] for row in rows], np.float32)


def _reasons(field: RunningField, progress: Progress) -> dict[str, Why]:
    found = {}
    for index, name in enumerate(names := field.names):
        progress("looking for reasons", done=index, total=len(names))
        reply = field.ask_in_vain(name, Explain(), seconds=_EXPLAINING_SECONDS)
        if isinstance(reply, Explained):
            found[name] = reply.why
    return found


def _peak(contenders: Sequence[Contender], plan: Plan, progress: Progress) -> Peak | None:
    """Measure the processor's peak with as many threads as most contenders have; None if all are on a GPU."""
    threads = [contender.threads or usable_cores() for contender in contenders if contender.device == "cpu"]
    if not threads:
        return None
    progress("measuring the processor's peak")
    return measure_peak(mode(threads), plan.cores)


def _parity(
    contenders: Sequence[Contender],
    scores: Mapping[str, Scores],
    ids: tuple[str, ...],
    truth: NDArray[np.bool_] | None,
    spec: ClassifierSpec,
    field: RunningField,
) -> dict[str, ParityReport]:
    """Hold every contender's scores against the original's; one that cannot be compared fails, and says why."""
    originals = [contender.name for contender in contenders if contender.original and contender.name in scores]
    found: dict[str, ParityReport] = {}
    for name, candidate in scores.items():
        if not originals or name in originals:
            continue
        try:
            observations = Observations(scores[originals[0]], candidate, ids, truth)
            found[name] = judge(observations, spec, _tolerance(field.ready[name].subject.recipe))
        except UserError as error:
            field.failures.setdefault(name, str(error))
    return found


def _tolerance(recipe: str) -> Tolerance:
    """Return the recipe's tolerance; no limits for one of a peer's own, which is measured and not judged."""
    try:
        return tolerance_for(recipe)
    except UnknownName:
        return Tolerance()


def _ids(pictures: Sequence[str]) -> tuple[str, ...]:
    """Name pictures by their path from the folder that they share: a report says nothing of where that is."""
    shared = os.path.commonpath([Path(picture).absolute().parent for picture in pictures])
    names = tuple(Path(picture).absolute().relative_to(shared).as_posix() for picture in pictures)
    return names if len(set(names)) == len(names) else tuple(map(str, range(len(names))))
