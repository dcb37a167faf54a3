"""From what a field has answered to the rows of a report, which say nothing of where anything was.

rows(contenders, inputs, field, Found(scenarios={"single_stream": samples}))
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.latency.contender import Contender
from benchmarks.latency.field import RunningField
from benchmarks.latency.load import count_macs
from benchmarks.latency.protocol import Inputs
from benchmarks.latency.report import Row, Subject
from benchmarks.latency.samples import Samples
from benchmarks.parity_report import ParityReport
from benchmarks.why.document import Why

Scenarios = Mapping[str, Mapping[str, tuple[Samples, ...]]]


@dataclass(frozen=True)
class Found:
    """What there is: samples by scenario and contender, and by contender peak memory in bytes, parity and reasons.

    ``counted``: count multiply-accumulates, too, which reads the models' files.
    """

    scenarios: Scenarios
    peaks: Mapping[str, int] = field(default_factory=dict)
    parity: Mapping[str, ParityReport] = field(default_factory=dict)
    reasons: Mapping[str, Why] = field(default_factory=dict)
    counted: bool = False


def rows(contenders: Sequence[Contender], inputs: Inputs, running: RunningField, found: Found) -> tuple[Row, ...]:
    """Return a row for each contender, also for one that failed."""
    return tuple(
        Row(
            contender=_without_places(contender),
            subject=_subject(contender, running, counted=found.counted),
            start=running.ready[contender.name].start if contender.name in running.ready else None,
            peak_rss_bytes=found.peaks.get(contender.name),
            scenarios={name: some[contender.name] for name, some in found.scenarios.items() if contender.name in some},
            parity=found.parity.get(contender.name),
            why=found.reasons.get(contender.name),
            failure=_without_folders(running.failures.get(contender.name), contender, inputs),
        )
        for contender in contenders
    )


def _without_places(contender: Contender) -> Contender:
    """Return it with the names of its folders."""
    places = {key: getattr(contender, key) for key in ("bundle", "folder")}
    return contender.model_copy(update={key: place and Path(place).name for key, place in places.items()})


def _without_folders(reason: str | None, contender: Contender, inputs: Inputs) -> str | None:
    """Return the reason of a failure, in which files are called by their names."""
    known = {str(Path(place).parent) for place in (contender.bundle, contender.folder, *inputs.pictures) if place}
    for folder in sorted(known, key=len, reverse=True):
        reason = reason and reason.replace(f"{folder}{os.sep}", "")
    return reason


def _subject(contender: Contender, running: RunningField, *, counted: bool) -> Subject | None:
    ready = running.ready.get(contender.name)
    if ready is None or ready.subject.macs is not None or not counted:
        return ready.subject if ready else None
    try:
        return ready.subject.model_copy(update={"macs": count_macs(contender)})
    except Exception:  # noqa: BLE001  readers of model files fail in any way, and a count is not worth a run
        return ready.subject
