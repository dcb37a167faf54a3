"""The plots of a category: ROC, precision and recall, reliability, scores, slices and robustness, as inline SVG."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.curves import precision_recall, reliability, roc
from benchmarks.latency.rendering.drawing import INK, MUTED, Plot, drawing
from toolchain.evaluation.curves import histogram, labelled
from toolchain.evaluation.report import CategoryEvaluation, EvaluationReport, Robustness, Slice
from toolchain.evaluation.thresholds import percent

YES, NO, CHANGED = "#d4418e", "#2389da", "#12a08a"
_POINTS = {"review": "o", "block": "s"}


def category_plots(one: CategoryEvaluation, report: EvaluationReport) -> Iterator[Plot]:
    """Yield the plots that this category has numbers for."""
    if one.positives and one.negatives:
        yield _ranking(one)
        yield _precision(one, report)
    if one.positives + one.negatives:
        yield _reliability(one)
        yield _scores(one)
    measured = [part for part in one.slices if part.quality["roc_auc"].value is not None]
    if measured:
        yield _slices(one, measured)
    if one.robustness:
        yield _robustness(one)


def _ranking(one: CategoryEvaluation) -> Plot:
    scores, truth = labelled(one)
    false, true = roc(scores, truth)
    about = "Left as it is, right where few negatives are flagged. Marks: the thresholds of review and block."
    with drawing(f"roc-{one.name}", f"{one.name}: ROC curve", about, height=3.4) as plot:
        whole, low = plot.axes(columns=2)
        for axes in (whole, low):
            axes.step(false, true, where="post", color=YES)
            for point, marker in _POINTS.items():
                rates = one.decisions[point].rates  # type: ignore[index]
                at = rates["false_positive_rate"].value, rates["recall"].value
                axes.plot(*at, marker=marker, color=INK, linestyle="none", label=point, clip_on=False)
            axes.set(xlabel="false positive rate", ylim=(0, 1.02))
        whole.plot([0, 1], [0, 1], color=MUTED, linestyle=":", linewidth=1)
        whole.set(ylabel="true positive rate", xlim=(0, 1))
        smallest = 1 / (2 * one.negatives)
        low.set_xscale("symlog", linthresh=smallest)
        low.set(xlim=(0, 0.1))
        ticks = [0, *(rate for rate in (0.001, 0.01, 0.1) if rate > smallest)]  # nearer to 0 they would overlap
        low.set_xticks(ticks, ["0", *(percent(rate) for rate in ticks[1:])])
        low.minorticks_off()
        whole.legend(frameon=False, loc="lower right")
    return plot


def _precision(one: CategoryEvaluation, report: EvaluationReport) -> Plot:
    scores, truth = labelled(one)
    recall, precision = precision_recall(scores, truth)
    false, true = roc(scores, truth)
    caught = report.prevalence * true[1:]
    flagged = caught + (1 - report.prevalence) * false[1:]
    in_use = np.divide(caught, flagged, out=np.ones_like(caught), where=flagged > 0)
    share = one.positives / (one.positives + one.negatives)
    about = f"Of these pictures {percent(share)} are positive; where it works, {percent(report.prevalence)} are."
    with drawing(f"pr-{one.name}", f"{one.name}: precision and recall", about, height=3.0) as plot:
        (axes,) = plot.axes()
        axes.step(recall, precision, where="post", color=YES, label="on these pictures")
        axes.step(
            true[1:], in_use, where="post", color=NO, linestyle="--", label=f"where {percent(report.prevalence)} are"
        )
        axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))
        axes.legend(frameon=False, loc="lower left")
    return plot


def _reliability(one: CategoryEvaluation) -> Plot:
    bins = reliability(*labelled(one))
    about = "Bins of as many pictures each, with exact intervals. On the line, a score is the share of positives."
    with drawing(f"reliability-{one.name}", f"{one.name}: reliability", about, height=3.0) as plot:
        (axes,) = plot.axes()
        axes.plot([0, 1], [0, 1], color=MUTED, linestyle=":", linewidth=1)
        at, shares = [one.score for one in bins], np.array([one.share for one in bins])
        errors = [shares - [one.low for one in bins], [one.high for one in bins] - shares]
        axes.errorbar(at, shares, yerr=np.maximum(errors, 0), fmt="o", color=YES, markersize=4, linewidth=1)
        axes.set(xlabel="mean score", ylabel="share of positives", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    return plot


def _scores(one: CategoryEvaluation) -> Plot:
    edges, positive, negative = histogram(*labelled(one))
    about = "Share of the pictures of each label, on a logarithmic scale. Lines: the thresholds of review and block."
    with drawing(f"scores-{one.name}", f"{one.name}: scores", about, height=2.8) as plot:
        (axes,) = plot.axes()
        axes.stairs(positive, edges, color=YES, fill=True, alpha=0.35, label="positives")
        axes.stairs(negative, edges, color=NO, label="negatives", linewidth=1.6)
        for at in (one.thresholds.review, one.thresholds.block):
            axes.axvline(at, color=INK, linewidth=1, linestyle="--")
        axes.set_yscale("symlog", linthresh=0.001)
        axes.set_yticks([0, 0.001, 0.01, 0.1, 1], ["0", "0.1 %", "1 %", "10 %", "100 %"])
        axes.set(xlabel="score", ylabel="share", xlim=(0, 1), ylim=(0, 1.3))
        axes.minorticks_off()
        axes.legend(frameon=False, loc="upper center", ncols=2)
    return plot


def _slices(one: CategoryEvaluation, parts: list[Slice]) -> Plot:
    about = "With 95 % intervals; the line is all pictures. A slice of one label only has none."
    with drawing(f"slices-{one.name}", f"{one.name}: ROC-AUC by slice", about, height=0.8 + 0.24 * len(parts)) as plot:
        (axes,) = plot.axes()
        _bars(
            axes, [f"{part.column}: {part.value}"[:48] for part in parts], [part.quality["roc_auc"] for part in parts]
        )
        whole = one.quality["roc_auc"].value
        if whole is not None:
            axes.axvline(whole, color=INK, linewidth=1, linestyle="--")
        axes.set(xlabel="ROC-AUC", xlim=(None, 1.005))
    return plot


def _bars(axes: Any, names: list[str], values: list[Any]) -> None:
    for place, value in enumerate(values):
        if value.low is not None and value.high is not None:
            axes.plot([value.low, value.high], [place, place], color=CHANGED, linewidth=1.6)
        axes.plot([value.value], [place], marker="o", color=CHANGED, markersize=5)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")


def _robustness(one: CategoryEvaluation) -> Plot:
    rows = one.robustness
    names = [f"{row.perturbation}, {row.level}" for row in rows]
    about = "Left: decisions that changed at review. Right: change of the ROC-AUC, with 95 % intervals."
    height = 0.8 + 0.2 * len(rows)
    with drawing(f"robustness-{one.name}", f"{one.name}: pictures that were changed", about, height=height) as plot:
        flips, areas = plot.axes(columns=2, sharey=True)
        for place, row in enumerate(rows):
            _flips(flips, place, row)
        flips.set(xlabel="decisions that changed at review, %")
        flips.legend(["to flagged", "to missed"], frameon=False, loc="lower right")
        measured = [row.roc_auc_change for row in rows if row.roc_auc_change.value is not None]
        if len(measured) == len(rows):
            _bars(areas, names, measured)
            areas.axvline(0, color=INK, linewidth=1, linestyle="--")
        else:
            flips.set_yticks(range(len(names)), names)
            flips.set_ylim(len(names) - 0.4, -0.6)
        areas.set(xlabel="change of the ROC-AUC")
        flips.grid(visible=False, axis="y")
    return plot


def _flips(axes: Any, place: int, row: Robustness) -> None:
    flips = row.flips["review"]
    flagged, missed = (100 * count / row.pictures for count in (flips.newly_flagged, flips.newly_missed))
    axes.barh(place, flagged, height=0.7, color=YES)
    axes.barh(place, missed, left=flagged, height=0.7, color=NO)
