"""The document that says how alike a candidate and its original are: raw scores, what was measured, and the verdict.

    report.passed                                     # False
    report.failures                                   # ("adult: 3 of 200 decisions flipped at block (limit 0.5 %)",)
    ParityReport.model_validate_json(report.model_dump_json()) == report
    ParityReport.model_json_schema(mode="serialization")

The verdict is derived from the rest whenever it is asked for; in JSON it is written for the reader's sake.
"""

from typing import Literal

from pydantic import Field

from benchmarks.bootstrap import Bootstrap
from benchmarks.tolerance import Tolerance
from models.document import Document
from models.judged import Judged

Point = Literal["review", "block"]
Score = float | None


class Measurement(Document):
    """A value with its interval; None is what could not be measured, and ``undefined`` says why."""

    value: float | None
    low: float | None = None
    high: float | None = None
    undefined: str = ""


class Comparison(Document):
    """One metric on both classifiers, and candidate minus original; the change's interval is of paired resamples."""

    original: Measurement
    candidate: Measurement
    change: Measurement


class OperatingPoint(Document):
    """The decisions at one threshold: a score of at least ``threshold`` is flagged.

    ``candidate_threshold`` is the candidate's own, where scores and thresholds were refitted; None is the same one.
    ``newly_flagged`` and ``newly_missed`` are ids of pictures; ``flip_rate`` is the share of both among all pictures,
    with its exact interval. ``quality`` is by metric of the family decision, where there are labels.
    """

    threshold: float
    candidate_threshold: float | None = None
    newly_flagged: tuple[str, ...]
    newly_missed: tuple[str, ...]
    flip_rate: Measurement
    quality: dict[str, Comparison] = {}

    @property
    def flipped(self) -> tuple[str, ...]:
        """Ids of the pictures whose decision changed, either way."""
        return self.newly_flagged + self.newly_missed


class CategoryParity(Document):
    """One category: scores in the order of the report's ``pictures`` (None is not a finite number), and metrics."""

    name: str
    original: tuple[Score, ...]
    candidate: tuple[Score, ...]
    truth: tuple[bool, ...] | None = None
    difference: dict[str, Measurement] = Field(description="by metric of the family difference")
    operating_points: dict[Point, OperatingPoint]
    quality: dict[str, Comparison] = Field(default={}, description="by metric of the family quality")


class ParityReport(Judged):
    """How alike two classifiers are. ``about`` says what was compared, in the words of whoever asked."""

    schema_version: Literal["rct.parity/1"] = "rct.parity/1"
    classifier: str
    about: dict[str, str] = {}
    tolerance: Tolerance
    bootstrap: Bootstrap
    pictures: tuple[str, ...] = Field(min_length=1, description="ids")
    categories: tuple[CategoryParity, ...] = Field(min_length=1)

    def find_failures(self) -> tuple[str, ...]:
        """Return one line for each check that did not hold: category, what was seen, and the limit."""
        from benchmarks.verdict import failures

        return failures(self)
