"""What a report says, as grids of text that a terminal and a page both show.

for grid in grids(report.category("adult"), report):
    grid.title, grid.columns, grid.rows
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.metrics import metric
from benchmarks.parity_report import Measurement
from toolchain.evaluation.report import CategoryEvaluation, Chosen, EvaluationReport, ShortcutCheck
from toolchain.evaluation.thresholds import percent

_QUALITY = ("roc_auc", "pr_auc", "tpr_at_fpr_1pct", "tpr_at_fpr_01pct", "ece", "brier")
_POINTS = {"review": "review", "block": "block", "half": "0.5"}


@dataclass(frozen=True)
class Grid:
    """A table: every row has a cell for each column; the first column is a name, and ``words`` are text, too.

    ``first``: as many rows are enough where there is little room.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    about: str = ""
    words: tuple[str, ...] = ()
    first: int = 60


def grids(one: CategoryEvaluation, report: EvaluationReport) -> Iterator[Grid]:
    """Yield the tables of a category that have rows."""
    yield _quality(one)
    yield _decisions(one)
    yield _in_use(one, report)
    if one.chosen:
        yield _chosen(one.chosen)
    if one.shortcut:
        yield _shortcut(one.shortcut)
    if one.slices:
        yield _slices(one)
    if one.pairings:
        yield _pairings(one)
    if one.robustness:
        yield _robustness(one)


def _quality(one: CategoryEvaluation) -> Grid:
    names = sorted(one.quality, key=lambda name: _QUALITY.index(name) if name in _QUALITY else len(_QUALITY))
    rows = [(metric("quality", name).TITLE, *number(one.quality[name])) for name in names]
    return Grid("scores against labels", ("metric", "value", "interval"), tuple(rows), words=("interval",))


def _decisions(one: CategoryEvaluation) -> Grid:
    rows = []
    for point, at in one.decisions.items():
        rates = [share(at.rates[name]) for name in ("accuracy", "recall", "false_positive_rate")]
        counts = "/".join(str(count) for count in at.confusion.model_dump().values())
        rows.append((_POINTS[point], f"{at.threshold:.4g}", *rates, counts))
    columns = ("at", "threshold", "accuracy", "recall", "FPR", "TP/FP/FN/TN")
    return Grid("decisions", columns, tuple(rows), "A score of at least the threshold is flagged.")


def _in_use(one: CategoryEvaluation, report: EvaluationReport) -> Grid:
    rows = [
        (_POINTS[point], share(at.precision), between_shares(at.precision), share(at.load), between_shares(at.load))
        for point, at in one.decisions.items()
    ]
    columns = ("at", "precision", "its interval", "flagged of all", "its interval ")
    about = "From recall and FPR; the intervals hold for both at once."
    title = f"where {percent(report.prevalence)} of the pictures are positive"
    return Grid(title, columns, tuple(rows), about, ("its interval", "its interval "))


def _chosen(chosen: Chosen) -> Grid:
    rows = []
    for name, line in (("review", chosen.review), ("block", chosen.block)):
        what = "FPR" if line.kind == "fpr" else "load"
        interval = f"{percent(line.low)} to {percent(line.high)} ({line.false_positives} of {line.negatives})"
        goal = f"{what} {percent(line.goal)}"
        rows.append((name, f"{line.threshold:.4g}", goal, percent(line.reached), interval))
    columns = ("from", "threshold", "goal", "here", "true FPR, interval")
    return Grid("thresholds that keep to a goal here", columns, tuple(rows), words=("true FPR, interval",))


def _shortcut(check: ShortcutCheck) -> Grid:
    rows = (
        ("the label", *number(check.label_auc)),
        (f"the {check.errors} errors at 0.5", *number(check.error_auc)),
    )
    about = "ROC-AUC of a probe that does not see what the pictures show; 0.5 is chance."
    return Grid("what size, aspect and edge say", ("of", "value", "interval"), rows, about, ("interval",))


def _slices(one: CategoryEvaluation) -> Grid:
    rows = [
        (
            f"{part.column}: {part.value}",
            f"{part.positives}/{part.negatives}",
            number(part.quality["roc_auc"], 3)[0],
            between(part.quality["roc_auc"], 3),
            share(part.recall["review"]),
            share(part.false_positive_rate["review"]),
        )
        for part in one.slices
    ]
    columns = ("slice", "yes/no", "ROC-AUC", "interval", "recall", "FPR")
    return Grid("slices", columns, tuple(rows), "Recall and FPR at review.", ("interval",))


def _pairings(one: CategoryEvaluation) -> Grid:
    rows = [
        (pair.positives_of, pair.negatives_of, f"{pair.positives}/{pair.negatives}", *number(pair.roc_auc, 3))
        for pair in sorted(one.pairings, key=lambda pair: pair.roc_auc.value or 0.0)
    ]
    columns = ("positives of", "negatives of", "yes/no", "ROC-AUC", "interval")
    return Grid("across sources, the worst first", columns, tuple(rows), words=("negatives of", "interval"), first=8)


def _robustness(one: CategoryEvaluation) -> Grid:
    rows = []
    for row in one.robustness:
        flips = [f"+{row.flips[point].newly_flagged} -{row.flips[point].newly_missed}" for point in row.flips]
        area = row.roc_auc_change.value
        change = "-" if area is None else f"{area:+.4f}"
        values = (f"{number(one)[0]}" for one in (row.mean_abs, row.p99_abs))
        rows.append((f"{row.perturbation}, {row.level}", *values, *flips[:2], change))
    columns = ("change", "mean", "p99", "review", "block", "ROC-AUC")
    pictures = one.robustness[0].pictures
    about = (
        f"On {pictures} pictures: mean and 99th percentile of the score's change, decisions newly flagged (+) and "
        "newly missed (-), and the change of the ROC-AUC."
    )
    return Grid("pictures that were changed", columns, tuple(rows), about)


def number(one: Measurement, digits: int = 4) -> tuple[str, str]:
    """Return the value and its interval; in place of that the reason where there is no value."""
    return ("-", one.undefined) if one.value is None else (f"{one.value:.{digits}f}", between(one, digits))


def between(one: Measurement, digits: int = 4) -> str:
    """Return an interval."""
    return "-" if one.low is None or one.high is None else f"{one.low:.{digits}f} to {one.high:.{digits}f}"


def share(one: Measurement) -> str:
    """Return a share in percent."""
    return "-" if one.value is None else f"{100 * one.value:.2f} %"


def between_shares(one: Measurement) -> str:
    """Return an interval of a share in percent."""
    return "-" if one.low is None or one.high is None else f"{100 * one.low:.2f} to {100 * one.high:.2f} %"


def counts(one: CategoryEvaluation) -> str:
    """Return how many pictures there are, of each label, and what is known of their independence."""
    parts = [f"{one.positives:,} positives", f"{one.negatives:,} negatives"]
    if one.unknown:
        parts.append(f"{one.unknown:,} without a label")
    if one.groups < one.positives + one.negatives:
        parts.append(f"{one.groups:,} groups")
    return ", ".join(parts)


def head(report: EvaluationReport) -> Sequence[tuple[str, str]]:
    """Return what was judged on what."""
    read = f"{len(report.pictures):,}"
    if report.unreadable:
        read += f"; {len(report.unreadable):,} could not be read"
    return [
        ("classifier", f"{report.classifier} ({report.format} {report.recipe})"),
        ("data", f"{report.data}, {report.split}" if report.split else report.data),
        ("pictures", read),
        ("thresholds", f"of {report.thresholds_from}" if report.thresholds_from != "spec" else "of the classifier"),
        ("intervals", f"{100 * report.bootstrap.confidence:g} %"),
    ]
