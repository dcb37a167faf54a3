"""The plots of scores: the original's against each contender's, and, where there are labels, reliability and ROC.

for plot in score_plots(reading):
    plot.title, plot.svg
"""

from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import curves
from benchmarks.latency.rendering.drawing import MUTED, Plot, drawing, inks, logarithmic
from benchmarks.latency.rendering.rows import Reading, Standing
from benchmarks.parity_report import CategoryParity, Score

_MOST_POINTS = 600
_ACROSS = 3


def score_plots(reading: Reading) -> tuple[Plot, ...]:
    """Draw each category of the contenders that were compared with an original."""
    compared = [one for one in reading.standings if one.row.parity is not None and one.role != "original"]
    drawn = []
    for number, name in enumerate(_categories(compared)):
        held = [(standing, found) for standing in compared if (found := _category(standing, name)) is not None]
        drawn.append(scatter(reading, number, name, held))
        first = held[0][1]
        if first.truth is not None and 0 < sum(first.truth) < len(first.truth):
            drawn += [roc(reading, number, name, held), reliability_diagram(reading, number, name, held)]
    return tuple(drawn)


Held = list[tuple[Standing, CategoryParity]]


def scatter(reading: Reading, number: int, name: str, held: Held) -> Plot:
    """Draw the original's score against each contender's, with the thresholds; a panel each."""
    rows = ceil(len(held) / _ACROSS)
    colours = inks(reading.standings)
    about = "A picture a dot: on the diagonal nothing changed. Dotted: the thresholds. Ringed: a decision that flipped."
    if any(len(found.original) > _MOST_POINTS for _, found in held):
        about += f" Drawn are the {_MOST_POINTS} pictures that changed most."
    with drawing(f"scatter-{number}", f"Scores against the original's, {name}", about, 0.5 + 2.4 * rows) as plot:
        panels = plot.axes(rows, _ACROSS, sharex=True, sharey=True)
        for axes, (standing, found) in zip(panels, held, strict=False):
            before, after = _both(found.original, found.candidate)
            kept = np.argsort(-np.abs(after - before), kind="stable")[:_MOST_POINTS]
            before, after = before[kept], after[kept]
            axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8)
            flipped = np.zeros(len(before), bool)
            for at in found.operating_points.values():
                axes.axhline(at.threshold, color=MUTED, linewidth=0.8, linestyle=":")
                axes.axvline(at.threshold, color=MUTED, linewidth=0.8, linestyle=":")
                flipped |= (before >= at.threshold) != (after >= at.threshold)
            colour = colours[standing.name].colour
            axes.plot(before, after, "o", color=colour, markersize=2.2, alpha=0.6, markeredgewidth=0)
            axes.plot(before[flipped], after[flipped], "o", color=colour, markersize=7, markerfacecolor="none")
            _square(axes, standing.name)
        for axes in panels[len(held) :]:
            axes.set_visible(False)
        for axes in panels[max(0, len(held) - _ACROSS) : len(held)]:  # the lowest of each column
            axes.set_xlabel("score of the original", fontsize=9)
        plot.figure.supylabel("score of the contender", fontsize=9)
    return plot


def roc(reading: Reading, number: int, name: str, held: Held) -> Plot:
    """Draw the operating characteristics of the original and of each contender; false positives logarithmic."""
    colours = inks(reading.standings)
    about = (
        "Share of positives that are caught, against share of negatives that are flagged. Up and to the left is better."
    )
    with drawing(f"roc-{number}", f"ROC, {name}", about, 3.4) as plot:
        (axes,) = plot.axes()
        negatives = sum(not one for one in held[0][1].truth or ())
        for label, scores, truth in _labelled(reading, held):
            ink = colours.get(label)
            fpr, tpr = curves.roc(scores, truth)
            axes.step(
                np.maximum(fpr, 0.5 / negatives),
                tpr,
                where="post",
                color=MUTED if ink is None else ink.colour,
                linestyle="-" if ink is None else ink.dash,
            )
        logarithmic(axes.xaxis, axes.set_xscale)
        axes.set(xlim=(0.5 / negatives, 1), ylim=(0, 1.01), xlabel="false positive rate", ylabel="true positive rate")
    return plot


def reliability_diagram(reading: Reading, number: int, name: str, held: Held) -> Plot:
    """Draw the share of positives against the mean score, in bins of as many pictures each."""
    colours = inks(reading.standings)
    about = "Bins of as many pictures each; on the diagonal a score is a probability. Bars are exact 95 % intervals."
    with drawing(f"reliability-{number}", f"Reliability, {name}", about, 3.4) as plot:
        (axes,) = plot.axes()
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8)
        for label, scores, truth in _labelled(reading, held):
            ink = colours.get(label)
            bins = curves.reliability(scores, truth)
            axes.errorbar(
                [one.score for one in bins],
                [one.share for one in bins],
                yerr=[[one.share - one.low for one in bins], [one.high - one.share for one in bins]],
                fmt="o",
                linestyle="-" if ink is None else ink.dash,
                color=MUTED if ink is None else ink.colour,
                markersize=3.5,
                elinewidth=0.6,
                linewidth=1.0,
            )
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel="mean score", ylabel="share of positives")
    return plot


def _categories(compared: list[Standing]) -> tuple[str, ...]:
    names = {category.name: None for one in compared if one.row.parity for category in one.row.parity.categories}
    return tuple(names)


def _category(standing: Standing, name: str) -> CategoryParity | None:
    parity = standing.row.parity
    return next((one for one in parity.categories if one.name == name), None) if parity else None


def _labelled(reading: Reading, held: Held) -> list[tuple[str, NDArray[np.float64], NDArray[np.bool_]]]:
    """Return name, scores and labels of each contender and then the original, of pictures whose scores are numbers."""
    original = next((one.name for one in reading.standings if one.role == "original"), "")
    series = [(standing.name, found.candidate, found.truth) for standing, found in held]
    series.append((original, held[0][1].original, held[0][1].truth))
    made = []
    for name, scores, truth in series:
        if truth is None:
            continue
        values = _numbers(scores)
        finite = np.isfinite(values)
        labels = np.array(truth)[finite]
        if labels.any() and not labels.all():
            made.append((name, values[finite], labels))
    return made


def _both(original: tuple[Score, ...], candidate: tuple[Score, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    before, after = _numbers(original), _numbers(candidate)
    finite = np.isfinite(before) & np.isfinite(after)
    return before[finite], after[finite]


def _numbers(scores: tuple[Score, ...]) -> NDArray[np.float64]:
    return np.array([np.nan if score is None else score for score in scores], np.float64)


def _square(axes: Any, name: str) -> None:
    axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
    axes.set_title(name if len(name) <= 26 else f"{name[:25]}…", fontsize=8.5)
    axes.set_xticks([0, 0.5, 1])
    axes.set_yticks([0, 0.5, 1])
