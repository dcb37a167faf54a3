"""Does a contender decide as the original does? A parity report in one line.

agreement = agreement_of(row.parity)
agreement.flips            # {"review": 1, "block": 0}
"""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.parity_report import CategoryParity, Measurement, ParityReport, Point


@dataclass(frozen=True)
class Agreement:
    """The largest score difference and the mean logit error are those of the worst category.

    ``flips``: decisions that changed, all categories together, by threshold, of ``decisions`` at each. ``failures``:
    what did not hold.
    """

    pictures: int
    decisions: int
    largest: Measurement
    logit_error: Measurement
    flips: dict[Point, int]
    failures: tuple[str, ...]

    @property
    def flipped(self) -> int:
        """Decisions that changed, at all thresholds together."""
        return sum(self.flips.values())


@dataclass(frozen=True)
class Change:
    """The original's score of a picture in a category, and the candidate's."""

    picture: str
    category: str
    before: float
    after: float

    @property
    def size(self) -> float:
        """How far the score moved."""
        return abs(self.after - self.before)


def agreement_of(parity: ParityReport) -> Agreement:
    """Sum up a parity report."""
    points: dict[Point, int] = {}
    for category in parity.categories:
        for point, at in category.operating_points.items():
            points[point] = points.get(point, 0) + len(at.flipped)
    return Agreement(
        pictures=len(parity.pictures),
        decisions=len(parity.pictures) * len(parity.categories),
        largest=_worst(parity.categories, "max_abs"),
        logit_error=_worst(parity.categories, "logit_mean_abs"),
        flips=points,
        failures=parity.failures,
    )


def changes(parity: ParityReport) -> Iterator[Change]:
    """Yield every pair of scores, of which both are numbers."""
    for category in parity.categories:
        for picture, before, after in zip(parity.pictures, category.original, category.candidate, strict=True):
            if before is not None and after is not None:
                yield Change(picture, category.name, before, after)


def _worst(categories: tuple[CategoryParity, ...], name: str) -> Measurement:
    """Return the largest value; one that could not be measured is worse than any."""
    found = [category.difference[name] for category in categories]
    return max(found, key=lambda one: float("inf") if one.value is None else one.value)
