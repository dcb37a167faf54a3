"""The document of a comparison of two reports: what ``benchmarks.latency.differences`` found.

Differences.model_validate_json(found.model_dump_json()) == found
"""

from typing import Literal

from pydantic import Field

from benchmarks.latency.comparison import Word
from models.document import Document


class TimeChange(Document):
    """One scenario of one row. ``ratio``: time after over time before, so that above 1 is slower; with its interval.

    ``before`` and ``after``: ns, as ``benchmarks.latency.comparison.typical_ns`` has them; in the scenario server the
    highest rate, queries a second, and there ``ratio`` is the rate before over that after. ``high`` is None where
    nothing bounds it.
    """

    row: str
    scenario: str
    batch: int
    before: float
    after: float
    ratio: float
    low: float
    high: float | None
    word: Word

    @property
    def label(self) -> str:
        """Row and scenario, as they are named in sentences."""
        batch = f" at batch {self.batch}" if self.scenario == "offline" else ""
        return f"{self.row}, {self.scenario}{batch}"


class Parity(Document):
    """A parity report in short; ``flips``: decisions that changed, at any threshold; ``max_abs``: of a score."""

    passed: bool
    pictures: int
    flips: int
    max_abs: float | None


class ParityChange(Document):
    """How alike the original a row decided; None is a run that did not look."""

    row: str
    before: Parity | None
    after: Parity | None


class SizeChange(Document):
    """Bytes of a row's model."""

    row: str
    before: int
    after: int


class RowLost(Document):
    """A row that was there before and has ``failed`` (why) or, without a reason, is not in the report any more."""

    row: str
    failed: str = ""


class ResultLost(Document):
    """What a row has in one scenario before, and has not any more: samples of a batch size, or a rate that held."""

    row: str
    scenario: str
    batch: int


class Differences(Document):
    """Everything that two reports differ in. ``noise``: what was wrong with either machine; ``notes``: what to know."""

    schema_version: Literal["rct.comparison/1"] = "rct.comparison/1"
    same_machine: bool
    times: tuple[TimeChange, ...] = ()
    parity: tuple[ParityChange, ...] = ()
    sizes: tuple[SizeChange, ...] = ()
    lost: tuple[RowLost, ...] = ()
    missing: tuple[ResultLost, ...] = ()
    noise: dict[Literal["before", "after"], tuple[str, ...]] = Field(default={}, description="reasons, by report")
    notes: tuple[str, ...] = ()
