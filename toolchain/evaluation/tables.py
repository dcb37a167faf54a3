"""A report for a reader at a terminal: narrow tables, the doubts last."""

from collections.abc import Iterator

from rich.console import RenderableType

from benchmarks.metrics import metric
from benchmarks.parity_report import Measurement
from toolchain.evaluation.report import CategoryEvaluation, Chosen, EvaluationReport
from toolchain.evaluation.thresholds import percent
from toolchain.table import facts, table, title

_QUALITY = ("roc_auc", "pr_auc", "tpr_at_fpr_1pct", "tpr_at_fpr_01pct", "ece", "brier")
_POINTS = {"review": "review", "block": "block", "half": "0.5"}


def evaluation_tables(report: EvaluationReport) -> list[RenderableType]:
    """Return everything for a reader, narrow enough for 80 columns."""
    parts: list[RenderableType] = [facts(_head(report))]
    for one in report.categories:
        parts += _category(one, report)
    if report.notes:
        parts += [title("notes"), facts([("", line) for line in report.notes])]
    return parts


def _head(report: EvaluationReport) -> list[tuple[str, str]]:
    place = f"{report.data}, {report.split}" if report.split else report.data
    read = f"{len(report.pictures):,}"
    if report.unreadable:
        read += f"; {len(report.unreadable):,} could not be read"
    return [
        ("classifier", f"{report.classifier} ({report.format} {report.recipe})"),
        ("data", place),
        ("pictures", read),
        ("intervals", f"{100 * report.bootstrap.confidence:g} %"),
    ]


def _category(one: CategoryEvaluation, report: EvaluationReport) -> Iterator[RenderableType]:
    counts = f"{one.positives:,} positives, {one.negatives:,} negatives"
    grouped = f", {one.groups:,} groups" if one.groups < one.positives + one.negatives else ""
    yield title(f"{one.name}: {counts}{grouped}")
    rows = [(metric("quality", name).TITLE, *shown(one.quality[name])) for name in sorted(one.quality, key=_order)]
    yield table(("metric", "value", "interval"), rows, right={"value"})
    yield title(f"{one.name}: decisions, and precision where {percent(report.prevalence)} is positive")
    columns = ("at", "threshold", "accuracy", "recall", "FPR", "precision", "TP/FP/FN/TN")
    yield table(columns, list(_decisions(one)), right={*columns[1:]})
    if one.chosen:
        yield title(f"{one.name}: thresholds that keep to a goal here")
        heads = ("", "threshold", "goal", "here", "true FPR, interval")
        yield table(heads, list(_chosen(one.chosen)), right={"threshold"})


def _order(name: str) -> int:
    return _QUALITY.index(name) if name in _QUALITY else len(_QUALITY)


def _decisions(one: CategoryEvaluation) -> Iterator[tuple[str, ...]]:
    for point, at in one.decisions.items():
        rates = [share(at.rates[name]) for name in ("accuracy", "recall", "false_positive_rate")]
        counts = at.confusion.model_dump().values()
        yield (_POINTS[point], f"{at.threshold:.4g}", *rates, share(at.precision), "/".join(map(str, counts)))


def _chosen(chosen: Chosen) -> Iterator[tuple[str, ...]]:
    for name, line in (("review", chosen.review), ("block", chosen.block)):
        what = "FPR" if line.kind == "fpr" else "load"
        interval = f"{percent(line.low)} to {percent(line.high)} ({line.false_positives} of {line.negatives})"
        yield name, f"{line.threshold:.4g}", f"{what} {percent(line.goal)}", percent(line.reached), interval


def shown(one: Measurement) -> tuple[str, str]:
    """Return the value and its interval; the reason where there is no value."""
    if one.value is None:
        return "-", one.undefined
    return f"{one.value:.4f}", "-" if one.low is None or one.high is None else f"{one.low:.4f} to {one.high:.4f}"


def share(one: Measurement) -> str:
    """Return a share in percent."""
    return "-" if one.value is None else f"{100 * one.value:.2f} %"
