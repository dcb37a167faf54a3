"""Where to draw the lines of review and block, from labelled scores.

    goals = Goals(review_fpr=0.01, block_fpr=0.001)
    choice = choose("adult", scores, truth, goals)
    choice.thresholds                      # models.spec.Thresholds(review=0.41, block=0.83)
    choice.warnings                        # ("adult, block: 400 negatives say little of an FPR of 0.1 %; …",)

A threshold is the lowest that keeps to its goal on these pictures, so that most is caught: by the share of harmless
pictures that are flagged (false positive rate), or, for review, by the share of all pictures that people would have
to look at (load) where so many are positive (prevalence).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.clustered import clustered_interval
from benchmarks.flips import decisions
from models.errors import UserError
from models.spec import Thresholds
from toolchain.evaluation.line import Line
from toolchain.share import read_share

Scores = NDArray[np.float32]
Labels = NDArray[np.bool_]
_LOWEST = 1e-6  # a spec's thresholds are above 0
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Goals:
    """What the thresholds are to keep to; shares in (0, 1].

    Attributes:
        review_fpr: negatives that may be flagged for review or more, of all negatives.
        block_fpr: negatives that may be blocked.
        review_load: pictures that may be flagged for review or more, of all; then it counts and review_fpr does not.
        prevalence: positives among all pictures where the classifier will work.
    """

    review_fpr: float = 0.01
    block_fpr: float = 0.001
    review_load: float | None = None
    prevalence: float = 0.01


def read_goals(review_fpr: str, block_fpr: str, review_load: str | None, prevalence: str) -> Goals:
    """Return goals from shares as a user writes them, "1%" or "0.01".

    Raises:
        UserError: one is not a share above 0.
    """
    return Goals(
        review_fpr=_above_zero("--review-fpr", review_fpr, "1% or 0.01"),
        block_fpr=_above_zero("--block-fpr", block_fpr, "0.1% or 0.001"),
        review_load=None if review_load is None else _above_zero("--review-load", review_load, "2% or 0.02"),
        prevalence=_above_zero("--prevalence", prevalence, "1% or 0.01"),
    )


def _above_zero(option: str, text: str, example: str) -> float:
    share = read_share(option, text, example)
    if share == 0:
        raise UserError(option, f"not above 0 (got {text})", f"Give it as {example}.")
    return share


@dataclass(frozen=True)
class Sample:
    """One category: scores float64 [n], labels bool [n], and groups int [n] of pictures that are not independent."""

    scores: NDArray[np.float64]
    truth: Labels
    groups: NDArray[np.intp]


@dataclass(frozen=True)
class Choice:
    """Both thresholds of one category, and what is to be said of them, a sentence each."""

    category: str
    review: Line
    block: Line
    warnings: tuple[str, ...]

    @property
    def thresholds(self) -> Thresholds:
        """As a spec has them."""
        return Thresholds(review=self.review.threshold, block=self.block.threshold)

    @property
    def kept(self) -> bool:
        """Whether both goals are kept to on these pictures."""
        return all(line.reached <= line.goal + _ROUNDING for line in (self.review, self.block))


def choose(
    category: str, scores: Scores, truth: Labels, goals: Goals, groups: NDArray[np.intp] | None = None
) -> Choice:
    """Return the thresholds of ``category`` for scores [n] in [0, 1] and labels [n].

    The interval of the true rate is exact although the threshold was chosen on the same pictures: with the threshold
    between the k-th and the next of n sorted negatives, the rate beyond it lies between a Beta(k, n - k + 1) and a
    Beta(k + 1, n - k) variable (Wilks, "Determination of sample sizes for setting tolerance limits", 1941), and those
    are the ends of Clopper's and Pearson's interval for k of n. ``groups``, int [n], of pictures that are not
    independent, make it wider (``benchmarks.clustered``).

    Raises:
        UserError: there are no negatives, no positives for a load, or scores that are not numbers.
    """
    _check(category, scores, truth, goals)
    sample = Sample(scores.astype(np.float64), truth, np.arange(len(scores)) if groups is None else groups)
    load = goals.review_load
    review = _line(sample, goals.review_fpr) if load is None else _line(sample, load, goals.prevalence)
    block = _line(sample, goals.block_fpr)
    warnings = []
    if review.threshold > block.threshold:
        warnings.append(f"{category}: the goal of review is the stricter one, so block starts where review does.")
        block = _measured(sample, review.threshold, goals.block_fpr)
    for name, line in (("review", review), ("block", block)):
        warnings += _warnings(f"{category}, {name}", line)
    return Choice(category, review, block, tuple(warnings))


def choose_all(
    categories: Sequence[str],
    scores: Scores,
    truth: NDArray[np.int8],
    goals: Goals,
    groups: NDArray[np.intp] | None = None,
) -> dict[str, Choice]:
    """Return a choice per category from scores [n, categories] and labels [n, categories]: 1, 0, or -1 for not known.

    Raises:
        UserError: as ``choose``.
    """
    made = {}
    for column, category in enumerate(categories):
        known = truth[:, column] >= 0
        of = None if groups is None else groups[known]
        made[category] = choose(category, scores[known, column], truth[known, column] == 1, goals, of)
    return made


def _check(category: str, scores: Scores, truth: Labels, goals: Goals) -> None:
    subject = f"thresholds of {category}"
    if not np.isfinite(scores).all():
        raise UserError(subject, "some scores are not numbers", "Look at the classifier with rct verify.")
    if truth.all():
        raise UserError(subject, "no picture is labelled negative", "Add pictures that are harmless.")
    if goals.review_load is not None and not truth.any():
        raise UserError(subject, "no picture is labelled positive", "Add some, or choose by --review-fpr.")


def _line(sample: Sample, goal: float, prevalence: float | None = None) -> Line:
    """Return the lowest threshold that keeps to ``goal``: an FPR, or a load where there is a prevalence."""
    distinct = np.unique(sample.scores)
    false = _at_least(sample.scores[~sample.truth], distinct)
    rates = false if prevalence is None else _load(false, _at_least(sample.scores[sample.truth], distinct), prevalence)
    within = np.flatnonzero(rates <= goal + _ROUNDING)
    if within.size:
        first = int(within[0])
        low, high = (float(distinct[first - 1]) if first else 0.0), float(distinct[first])
    else:
        low, high = float(distinct[-1]), 1.0
    threshold = shortest_between(low, high) if low < high else high
    return _measured(sample, max(threshold, _LOWEST), goal, prevalence)


def _at_least(scores: NDArray[np.float64], thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return which share of ``scores`` is at least each threshold."""
    return np.asarray(1 - np.searchsorted(np.sort(scores), thresholds, side="left") / scores.size)


def _load(false: Any, caught: Any, prevalence: float) -> Any:
    return (1 - prevalence) * false + prevalence * caught


def shortest_between(low: float, high: float) -> float:
    """Return the number between of fewest decimals, of those the nearest to the middle; ``high`` if there is none."""
    middle = (low + high) / 2
    for digits in range(1, 18):
        step = 10.0**-digits
        nearest = [round(middle, digits), round(middle + step, digits), round(middle - step, digits)]
        inside = [value for value in nearest if low < value < high]
        if inside:
            return min(inside, key=lambda value: abs(value - middle))
    return high


def _measured(sample: Sample, threshold: float, goal: float, prevalence: float | None = None) -> Line:
    flagged = decisions(sample.scores, threshold)
    negatives = ~sample.truth
    interval = clustered_interval(flagged[negatives], sample.groups[negatives])
    rate = float(np.mean(flagged[negatives]))
    return Line(
        threshold=threshold,
        goal=goal,
        kind="fpr" if prevalence is None else "load",
        reached=rate if prevalence is None else float(_load(rate, np.mean(flagged[sample.truth]), prevalence)),
        false_positives=int(np.count_nonzero(flagged & negatives)),
        negatives=int(np.count_nonzero(negatives)),
        low=interval.low,
        high=interval.high,
    )


def _warnings(where: str, line: Line) -> list[str]:
    said = []
    if line.reached > line.goal + _ROUNDING:
        what = "an FPR" if line.kind == "fpr" else "a load"
        said.append(f"{where}: no threshold keeps to {what} of {percent(line.goal)} (got {percent(line.reached)}).")
    if not line.sure:
        enough = f"{10 / line.expected:,.0f}"
        said.append(
            f"{where}: {line.negatives:,} negatives say little of an FPR of {percent(line.expected)}: the true one "
            f"may be up to {percent(line.high)}. It takes about {enough}."
        )
    return said


def percent(share: float) -> str:
    """Return a share as people write it, to two digits: ``0.1 %``."""
    return f"{100 * share:.2g} %"
