"""Everything that is measured of one category, from scores that are there already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.spec import ClassifierSpec, Thresholds
from toolchain.data.dataset import Dataset, Example
from toolchain.evaluation.measuring import Sample, decisions_at, quality
from toolchain.evaluation.pairings import pairings
from toolchain.evaluation.report import CategoryEvaluation, Chosen, Point, Robustness, ShortcutCheck, Slice
from toolchain.evaluation.request import Request
from toolchain.evaluation.robustness import Perturbed, robustness
from toolchain.evaluation.scoring import Scored
from toolchain.evaluation.shortcut import shortcut_check
from toolchain.evaluation.slices import OFFERED, Columns, slices
from toolchain.evaluation.thresholds import Choice, Goals, choose


@dataclass(frozen=True)
class Material:
    """What there is to measure from.

    ``scored`` are the pictures as they are, and ``surfaces`` what was seen of them (``toolchain.evaluation.glances``);
    ``perturbed`` those at ``tried`` (places in the dataset) after changes.
    """

    spec: ClassifierSpec
    dataset: Dataset
    scored: Scored
    columns: Columns
    surfaces: Mapping[Path, NDArray[np.float32]]
    tried: NDArray[np.intp]
    perturbed: Sequence[Perturbed]


def evaluate_category(name: str, material: Material, request: Request) -> tuple[CategoryEvaluation, Choice | None]:
    """Return what was measured, and the thresholds that keep to the goals, None where there are no negatives.

    Pictures of which this category is not known, and scores that are not numbers, are left out of all of it.
    """
    places, column = material.scored.places, material.spec.labels.index(name)
    answers = material.dataset.truth([name])[places, 0]
    scores = material.scored.scores[:, column]
    groups = group_numbers([material.dataset.examples[place] for place in places])
    known = (answers >= 0) & np.isfinite(scores)
    sample = Sample(scores[known], answers[known] == 1, groups[known])
    choice = _choice(name, sample, request.goals)
    thresholds = choice.thresholds if choice and request.choose else material.spec.thresholds[name]
    points = operating_points(thresholds)
    evaluation = CategoryEvaluation(
        name=name,
        scores=tuple(score if np.isfinite(score) else None for score in scores.tolist()),
        truth=tuple(None if answer < 0 else bool(answer) for answer in answers.tolist()),
        positives=sample.positives,
        negatives=sample.negatives,
        unknown=int(np.count_nonzero(answers < 0)),
        groups=len(np.unique(sample.groups)),
        thresholds=thresholds,
        quality=quality(sample, request.bootstrap),
        decisions={
            point: decisions_at(at, sample, request.goals.prevalence, request.bootstrap) for point, at in points.items()
        },
        chosen=_chosen(choice) if choice else None,
        slices=_slices(material, request, sample, places[known], points),
        pairings=pairings(material.columns.values("source", places[known].tolist()), sample, request.bootstrap),
        shortcut=_shortcut(material, sample, places[known], request),
        robustness=_robustness(material, request, column, sample, places[known], points),
    )
    return evaluation, choice


def operating_points(thresholds: Thresholds) -> dict[Point, float]:
    """Return the threshold of each point."""
    return {"review": thresholds.review, "block": thresholds.block, "half": 0.5}


def group_numbers(examples: Sequence[Example]) -> NDArray[np.intp]:
    """Return int [n], the same for examples of the same source and group; one without a group is a group of its own."""
    numbers: dict[object, int] = {}
    keys = [(one.source, one.group) if one.group else place for place, one in enumerate(examples)]
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.intp)


def _choice(name: str, sample: Sample, goals: Goals) -> Choice | None:
    if not sample.negatives or (goals.review_load is not None and not sample.positives):
        return None
    return choose(name, sample.scores, sample.truth, goals, sample.groups)


def _chosen(choice: Choice) -> Chosen:
    return Chosen(review=choice.review, block=choice.block, warnings=choice.warnings)


def _slices(
    material: Material, request: Request, sample: Sample, places: NDArray[np.intp], points: Mapping[Point, float]
) -> tuple[Slice, ...]:
    """Return the slices by the columns asked for.

    Of the usual columns those are left out that have both labels nowhere, or part the pictures as one before them does.
    """
    found: list[Slice] = []
    partitions = set()
    for column in request.slices or OFFERED:
        values = material.columns.values(column, places.tolist())
        firsts: dict[str, int] = {}
        partition = tuple(firsts.setdefault(value, place) for place, value in enumerate(values))
        made = slices(column, values, sample, points, request.bootstrap)
        new = partition not in partitions and any(part.positives and part.negatives for part in made)
        if request.slices or new:
            found += made
        partitions.add(partition)
    return tuple(found)


def _shortcut(material: Material, sample: Sample, places: NDArray[np.intp], request: Request) -> ShortcutCheck | None:
    if not sample.positives or not sample.negatives:
        return None
    surface = np.stack([material.surfaces[material.dataset.examples[place].path] for place in places])
    return shortcut_check(surface, sample, request.bootstrap)


def _robustness(
    material: Material,
    request: Request,
    column: int,
    sample: Sample,
    places: NDArray[np.intp],
    points: Mapping[Point, float],
) -> tuple[Robustness, ...]:
    made = []
    for one in material.perturbed:
        tried, after = material.tried[one.scored.places], one.scored.scores[:, column]
        kept = np.isin(tried, places) & np.isfinite(after)
        rows, after = np.searchsorted(places, tried[kept]), after[kept]
        if len(rows):
            before = Sample(sample.scores[rows], sample.truth[rows], sample.groups[rows])
            made.append(robustness(before, after, one, points, request.bootstrap))
    return tuple(made)
