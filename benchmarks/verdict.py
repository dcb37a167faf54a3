"""From what was measured to what failed, in words.

    failures(report)      # ("adult: largest score difference is 0.00021 (limit 1e-05)",)

A score that is not a number from 0 to 1 fails whatever the tolerance; all other limits are the tolerance's.
"""

from collections.abc import Iterator, Sequence

from benchmarks.metrics import metric
from benchmarks.parity_report import CategoryParity, OperatingPoint, ParityReport
from benchmarks.tolerance import Tolerance


def failures(report: ParityReport) -> tuple[str, ...]:
    """Return one line for each check that did not hold, in the order of the categories; none is a pass."""
    return tuple(
        f"{category.name}: {line}"
        for category in report.categories
        for check in (_broken_scores, _too_far, _too_many_flips)
        for line in check(category, report)
    )


def _broken_scores(category: CategoryParity, report: ParityReport) -> Iterator[str]:
    for who, scores in (("original", category.original), ("candidate", category.candidate)):
        broken = sum(score is None or not 0 <= score <= 1 for score in scores)
        if broken:
            yield f"{broken} of {len(report.pictures)} scores of the {who} are not numbers from 0 to 1"


def _limits(tolerance: Tolerance) -> dict[str, float | None]:
    """Limits by metric of the family difference."""
    return {
        "max_abs": tolerance.max_abs_score,
        "p99_abs": tolerance.p99_abs_score,
        "logit_mean_abs": tolerance.mean_abs_logit,
    }


def _too_far(category: CategoryParity, report: ParityReport) -> Iterator[str]:
    for name, limit in _limits(report.tolerance).items():
        value = category.difference[name].value
        if limit is not None and value is not None and value > limit:
            yield f"{metric('difference', name).TITLE} is {value:.3g} (limit {limit:.3g})"


def _too_many_flips(category: CategoryParity, report: ParityReport) -> Iterator[str]:
    limit = report.tolerance.max_flip_rate
    if limit is None:
        return
    margin = report.tolerance.max_abs_score or 0.0
    before = dict(zip(report.pictures, category.original, strict=True))
    total = len(report.pictures)
    for point, at in category.operating_points.items():
        counted = [name for name in at.flipped if not _on_the_line(before[name], at, margin)]
        if len(counted) > limit * total:
            excused = _excused(at.flipped, counted, margin)
            yield f"{len(counted)} of {total} decisions flipped at {point} (limit {100 * limit:.3g} %{excused})"


def _on_the_line(score: float | None, at: OperatingPoint, margin: float) -> bool:
    return score is not None and margin > 0 and abs(score - at.threshold) <= margin


def _excused(flipped: Sequence[str], counted: Sequence[str], margin: float) -> str:
    few = len(flipped) - len(counted)
    return f"; {few} more within {margin:.3g} of the threshold" if few else ""
