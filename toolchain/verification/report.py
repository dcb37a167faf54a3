"""The document that ``rct verify`` leaves: files, golden scores, layers and parity, and what came of it."""

from typing import Literal

from pydantic import Field

from benchmarks.parity_report import ParityReport
from models.document import Document
from models.judged import Judged

NOT_NUMBERS = 1.0
"""How far scores are off that are no numbers: by all that there is."""


class GoldenCheck(Document):
    """The golden pictures once more, stage by stage: the largest difference at each.

    ``decoded`` and ``resized`` are in steps of 0 to 255, ``scores`` in 0 to 1. ``limit`` is what the scores may
    differ from the original's by, None where the recipe is not held to one on single pictures. ``bundle_scores`` and
    ``bundle_limit`` are the same against the bundle's own scores, None where it has none.
    """

    pictures: int
    decoded: int
    resized: int
    scores: float
    limit: float | None
    bundle_scores: float | None = None
    bundle_limit: float | None = None

    @property
    def failure(self) -> str:
        """What is wrong, in one line; empty where nothing is."""
        if self.scores >= NOT_NUMBERS:
            return "golden scores are not numbers, or off by all that there is"
        if self.limit is not None and self.scores > self.limit:
            return f"golden scores differ by {self.scores:.3g} (limit {self.limit:.3g})"
        return self.own_failure

    @property
    def own_failure(self) -> str:
        """What is wrong with the scores against the bundle's own, in one line; empty where nothing is."""
        if self.bundle_scores is None or self.bundle_limit is None or self.bundle_scores <= self.bundle_limit:
            return ""
        found = f"differ by {self.bundle_scores:.3g} (limit {self.bundle_limit:.3g})"
        return f"golden scores and those that it was exported with {found}"


class ResizeCheck(Document):
    """A model that resizes by itself: scores of whole pictures against those of the same pictures resized before it.

    ``scores`` is the largest difference, ``mean_scores`` the mean over pictures of the largest among the categories,
    both in 0 to 1. ``limit`` is on ``scores``, None where the recipe has none.
    """

    pictures: int
    scores: float
    mean_scores: float
    limit: float | None

    @property
    def failure(self) -> str:
        """What is wrong, in one line; empty where nothing is."""
        if self.limit is None or self.scores <= self.limit:
            return ""
        return f"resizing inside the model moves scores by {self.scores:.3g} (limit {self.limit:.3g})"


class LayerRow(Document):
    """One layer's output against the original's: ``|c - o| / |o|``; None is not a finite number."""

    name: str
    relative_error: float | None


class LayerSearch(Document):
    """Every layer that both graphs have, in running order, and the first one that leaves the limit, if one does."""

    limit: float
    layers: tuple[LayerRow, ...]
    departs: str | None


class VerificationReport(Judged):
    """All that ``rct verify`` found. ``unreadable``: pictures that were passed over."""

    schema_version: Literal["rct.verification/1"] = "rct.verification/1"
    bundle: str
    golden: GoldenCheck | None = Field(description="none where the bundle has no golden vectors")
    resize: ResizeCheck | None = Field(default=None, description="none where the bundle does not resize")
    layers: LayerSearch | None = Field(description="none where it was not asked for")
    unreadable: int = Field(ge=0)
    parity: ParityReport

    def find_failures(self) -> tuple[str, ...]:
        """Return one line for each check that did not hold."""
        single = [check.failure for check in (self.golden, self.resize) if check]
        return tuple(filter(None, single)) + self.parity.failures
