"""The document that says how good a classifier is: raw scores, what was measured, and what is to be doubted.

    report.category("adult").quality["roc_auc"]       # Measurement(value=0.987, low=0.981, high=0.992)
    EvaluationReport.model_validate_json(report.model_dump_json()) == report

Curves, bins and histograms are not in it: they follow from the scores (``toolchain.evaluation.curves``).
"""

from typing import Literal

from pydantic import Field

from benchmarks.bootstrap import Bootstrap
from benchmarks.parity_report import Measurement
from models.document import Document
from models.spec import Thresholds
from toolchain.evaluation.line import Line

Point = Literal["review", "block", "half"]
"""An operating point: the two thresholds of the spec, and 0.5, where a trained score says yes."""


_ENOUGH = 10


class Confusion(Document):
    """How many pictures were flagged, by what they are labelled."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int


class Decisions(Document):
    """The decisions at one threshold: a score of at least ``threshold`` is flagged.

    ``rates`` is by metric of the family decision, with exact intervals. ``precision`` and ``load`` are what follows
    where the report's ``prevalence`` of all pictures is positive: the share of the flagged that is rightly so, and the
    share of all that is flagged.
    """

    threshold: float
    confusion: Confusion
    rates: dict[str, Measurement]
    precision: Measurement
    load: Measurement


class Chosen(Document):
    """The thresholds that would keep to the goals on these pictures, and what is to be said of them."""

    review: Line
    block: Line
    warnings: tuple[str, ...]


class Slice(Document):
    """Some of the pictures: those whose ``column`` is ``value``.

    ``quality`` is by metric of the family quality, ``recall`` and ``false_positive_rate`` by operating point.
    """

    column: str
    value: str
    positives: int
    negatives: int
    quality: dict[str, Measurement]
    recall: dict[Point, Measurement]
    false_positive_rate: dict[Point, Measurement]


class Pairing(Document):
    """Positives of one source against negatives of another."""

    positives_of: str
    negatives_of: str
    positives: int
    negatives: int
    roc_auc: Measurement


class ShortcutCheck(Document):
    """What size, aspect and border alone say: of the label, and of where the classifier errs.

    ``label_auc``: how well they tell positives from negatives here; how tempting the shortcut is. ``error_auc``: how
    well they tell errors (at 0.5) from right answers among pictures of the same label; 0.5 is chance, and an interval
    above it says that the classifier looks at them, or that what makes pictures hard goes with them.
    """

    features: tuple[str, ...]
    pictures: int
    errors: int
    label_auc: Measurement
    error_auc: Measurement


class Flips(Document):
    """Decisions that a perturbation changed at one threshold, and their share of all with its exact interval."""

    newly_flagged: int
    newly_missed: int
    rate: Measurement


class Robustness(Document):
    """What one perturbation does at one level, against the same pictures as they are.

    ``mean_abs`` and ``p99_abs`` are of the score's change, ``shift`` its mean with its sign; ``roc_auc`` is after it,
    and ``roc_auc_change`` after minus before, its interval of paired resamples.
    """

    perturbation: str
    level: str
    pictures: int
    mean_abs: Measurement
    p99_abs: Measurement
    shift: Measurement
    roc_auc: Measurement
    roc_auc_change: Measurement
    flips: dict[Point, Flips]


class CategoryEvaluation(Document):
    """One category: scores and labels in the order of the report's pictures (None is not known), and metrics."""

    name: str
    scores: tuple[float | None, ...]
    truth: tuple[bool | None, ...]
    positives: int
    negatives: int
    unknown: int
    groups: int = Field(description="independent groups among the pictures with a label")
    thresholds: Thresholds
    quality: dict[str, Measurement] = Field(description="by metric of the family quality")
    decisions: dict[Point, Decisions]
    chosen: Chosen | None = None
    slices: tuple[Slice, ...] = ()
    pairings: tuple[Pairing, ...] = ()
    shortcut: ShortcutCheck | None = None
    robustness: tuple[Robustness, ...] = ()

    @property
    def worst_pairing(self) -> Pairing | None:
        """The pairing of two sources with the lowest ROC-AUC, of those with ten pictures of each label if there are."""
        measured = [one for one in self.pairings if one.roc_auc.value is not None]
        enough = [one for one in measured if min(one.positives, one.negatives) >= _ENOUGH]
        return min(enough or measured, key=lambda one: one.roc_auc.value or 0.0) if len(measured) > 1 else None


class Unreadable(Document):
    """A picture that could not be read, and why."""

    picture: str
    problem: str


class EvaluationReport(Document):
    """How good a classifier is on labelled pictures.

    ``thresholds_from`` says whose thresholds the decisions are made at: the spec's, or those chosen on these pictures,
    where what the rates say is a little too good. ``notes``: what is to be kept in mind, a sentence each.
    """

    schema_version: Literal["rct.evaluation/1"] = "rct.evaluation/1"
    classifier: str
    bundle: str = Field(description="where the bundle lies")
    format: str
    recipe: str
    sha256: str = Field(description="of the bundle's manifest")
    data: str
    split: str
    prevalence: float
    thresholds_from: Literal["spec", "these pictures"]
    bootstrap: Bootstrap
    pictures: tuple[str, ...]
    unreadable: tuple[Unreadable, ...] = ()
    categories: tuple[CategoryEvaluation, ...] = Field(min_length=1)
    notes: tuple[str, ...] = ()

    def category(self, name: str) -> CategoryEvaluation:
        """Return the category of this name, which is one of those evaluated."""
        return next(one for one in self.categories if one.name == name)
