"""The document of a run: every raw sample, what it was taken on, and what became of each contender.

    LatencyReport.model_validate_json(report.model_dump_json()) == report
    report.row("onnx int8").scenarios["single_stream"][0]

What is said of the samples is derived: percentiles in ``percentiles``, ratios and verdicts in ``comparison``, whether
the machine was quiet in ``noise``.
"""

from typing import Literal

from pydantic import Field

from benchmarks.latency.contender import Contender
from benchmarks.latency.environment import Environment
from benchmarks.latency.machine_load import MachineLoad
from benchmarks.latency.plan import Plan
from benchmarks.latency.samples import Samples
from benchmarks.parity_report import ParityReport
from benchmarks.why.document import Peak, Why
from models.document import Document


class Subject(Document):
    """What a worker says of the model that it has loaded, as far as it applies.

    ``format`` and ``recipe`` of a bundle, or the peer's name and recipe. ``runtime`` with its ``version``;
    ``provider``: what really runs it, in the runtime's own words; ``nodes_elsewhere``: how many nodes of the graph the
    provider left to another one. ``files``: SHA-256 by file name. ``bytes``: size of the model. ``macs``:
    multiply-accumulates for one picture, as the exported graph has them.
    """

    format: str
    recipe: str
    runtime: str
    version: str
    provider: str = ""
    nodes_elsewhere: int | None = None
    files: dict[str, str] = {}
    bytes: int | None = None
    macs: int | None = None
    categories: tuple[str, ...] = ()


class Start(Document):
    """A cold start, in nanoseconds: from the start of the process to the model loaded, and to its first scores.

    ``imports_ns``: the part of it that went into starting Python and importing. The file cache is warm. Checking a
    bundle's digests and reading the pictures are left out: that is the benchmark's work, not the model's.
    """

    imports_ns: int
    load_ns: int
    first_scores_ns: int


class Row(Document):
    """One contender. ``failure``: why it has no (more) samples, in one line; a failed query is never among them.

    ``peak_rss_bytes``: most memory that the worker's process had at once, up to the end of the first scenario.
    """

    contender: Contender
    subject: Subject | None = None
    start: Start | None = None
    peak_rss_bytes: int | None = None
    scenarios: dict[str, tuple[Samples, ...]] = {}
    parity: ParityReport | None = Field(default=None, description="against the original of the run")
    why: Why | None = None
    failure: str | None = None


class Partial(Document):
    """Of a run that is not over. ``complete``: scenarios that are; the one after them may have some of its rounds."""

    complete: tuple[str, ...] = ()


class LatencyReport(Document):
    """A run of ``benchmarks.latency.run``. ``overhead``: the harness around a classifier that does nothing.

    ``load``: what the machine did meanwhile, None where its system does not tell. ``left_out``: what was wanted and
    could not be made ready to be timed, with the reason. ``partial``: how far a run has come that is not over, or that
    was ended; None of a whole one.
    """

    schema_version: Literal["rct.latency/1"] = "rct.latency/1"
    created: str = Field(description="date and time, UTC, ISO 8601")
    environment: Environment
    plan: Plan
    overhead: Samples | None = None
    peak: Peak | None = None
    load: MachineLoad | None = None
    rows: tuple[Row, ...] = Field(min_length=1)
    left_out: dict[str, str] = {}
    partial: Partial | None = None

    def row(self, name: str) -> Row:
        """Return the row of the contender ``name``; KeyError if there is none."""
        for row in self.rows:
            if row.contender.name == name:
                return row
        raise KeyError(name)

    @property
    def progress(self) -> str:
        """How far a partial run came, in words: ``1 of 2 scenarios complete, 3 of 12 rounds of offline at batch 8``."""
        complete = () if self.partial is None else self.partial.complete
        words = [f"{len(complete)} of {len(self.plan.scenarios)} scenarios complete"]
        begun = [
            (name, found)
            for row in self.rows
            for name, found in row.scenarios.items()
            if name not in complete and row.failure is None
        ]
        for name, found in begun[:1]:
            at = f" at batch {found[-1].batch}" if name == "offline" else ""
            rounds = f"{len(found[-1].rounds)} of {self.plan.rounds} rounds"
            words.append(f"{len(found)} rates of {name}" if name == "server" else f"{rounds} of {name}{at}")
        return ", ".join(words)
