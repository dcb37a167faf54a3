"""Do two classifiers still decide the same? Running and judging are two steps, with a savable object between them.

    observations = observe(original, candidate, batches, ids=names)        # two Predict, uint8 batches
    report = judge(observations, spec, tolerance_for("int8"))
    report.passed, report.failures

Judging needs no network and no pictures: the same observations can be judged again under another tolerance.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.binomial import clopper_pearson
from benchmarks.bootstrap import Bootstrap, Interval
from benchmarks.flips import decisions, flips
from benchmarks.metrics import Proportion, metric, metric_names, proportion
from benchmarks.metrics.ranking import ratio
from benchmarks.observations import Observations, observe
from benchmarks.parity_report import CategoryParity, Comparison, Measurement, OperatingPoint, ParityReport, Point
from benchmarks.tolerance import Tolerance, tolerance_for
from models.errors import UserError
from models.spec import ClassifierSpec, Thresholds

__all__ = ["Observations", "ParityReport", "Tolerance", "judge", "observe", "tolerance_for"]

_NOT_NUMBERS = "some scores are not finite numbers"
Scores = NDArray[np.float32]
Labels = NDArray[np.bool_]


def judge(
    observations: Observations,
    spec: ClassifierSpec,
    tolerance: Tolerance,
    *,
    original: Mapping[str, Thresholds] | None = None,
    bootstrap: Bootstrap | None = None,
    about: Mapping[str, str] | None = None,
) -> ParityReport:
    """Measure everything, category by category, and hold it to the tolerance; a verdict is a return value.

    The candidate decides by the thresholds of ``spec``, and the original by ``original``, by default the same.

    Raises:
        UserError: the observations do not have one column for each category of the spec.
    """
    columns = observations.original.shape[1]
    if columns != len(spec.labels):
        problem = f"not one for each category (got {columns} for {', '.join(spec.labels)})"
        raise UserError(f"scores of {spec.name}", problem, "Judge with the spec of the classifier that was observed.")
    bootstrap = bootstrap or Bootstrap()
    truth = observations.truth
    theirs = spec.thresholds if original is None else original
    return ParityReport(
        classifier=spec.name,
        about=dict(about or {}),
        tolerance=tolerance,
        bootstrap=bootstrap,
        pictures=observations.ids,
        categories=tuple(
            _category(
                label,
                (theirs[label], spec.thresholds[label]),
                observations.ids,
                (observations.original[:, column], observations.candidate[:, column]),
                None if truth is None else truth[:, column],
                bootstrap,
            )
            for column, label in enumerate(spec.labels)
        ),
    )


def _category(
    name: str,
    thresholds: tuple[Thresholds, Thresholds],
    ids: tuple[str, ...],
    scores: tuple[Scores, Scores],
    truth: Labels | None,
    bootstrap: Bootstrap,
) -> CategoryParity:
    before, after = thresholds
    points: dict[Point, tuple[float, float]] = {
        "review": (before.review, after.review),
        "block": (before.block, after.block),
    }
    finite = all(bool(np.isfinite(values).all()) for values in scores)
    return CategoryParity(
        name=name,
        original=_raw(scores[0]),
        candidate=_raw(scores[1]),
        truth=None if truth is None else tuple(truth.tolist()),
        difference={
            metric_name: _difference(metric_name, scores, bootstrap) if finite else _undefined(_NOT_NUMBERS)
            for metric_name in metric_names("difference")
        },
        operating_points={point: _operating_point(at, ids, scores, truth, bootstrap) for point, at in points.items()},
        quality={
            metric_name: _quality(metric_name, scores, truth, bootstrap) if finite else _nothing(_NOT_NUMBERS)
            for metric_name in metric_names("quality")
        }
        if truth is not None
        else {},
    )


def _difference(name: str, scores: tuple[Scores, Scores], bootstrap: Bootstrap) -> Measurement:
    module = metric("difference", name)
    interval = bootstrap.interval(bootstrap.values(module.measure, *scores))
    return _measurement(module.measure(*scores), interval, module.UNDEFINED)


def _quality(name: str, scores: tuple[Scores, Scores], truth: Labels, bootstrap: Bootstrap) -> Comparison:
    module = metric("quality", name)
    before, after = (module.measure(values, truth) for values in scores)
    resampled = [bootstrap.values(module.measure, values, truth) for values in scores]
    return Comparison(
        original=_measurement(before, bootstrap.interval(resampled[0]), module.UNDEFINED),
        candidate=_measurement(after, bootstrap.interval(resampled[1]), module.UNDEFINED),
        change=_measurement(after - before, bootstrap.interval(resampled[1] - resampled[0]), module.UNDEFINED),
    )


def _operating_point(
    thresholds: tuple[float, float],
    ids: tuple[str, ...],
    scores: tuple[Scores, Scores],
    truth: Labels | None,
    bootstrap: Bootstrap,
) -> OperatingPoint:
    before, after = thresholds
    changed = flips(*scores, before, after)
    count = len(changed.newly_flagged) + len(changed.newly_missed)
    made = (decisions(scores[0], before), decisions(scores[1], after))
    return OperatingPoint(
        threshold=before,
        candidate_threshold=None if after == before else after,
        newly_flagged=tuple(ids[place] for place in changed.newly_flagged),
        newly_missed=tuple(ids[place] for place in changed.newly_missed),
        flip_rate=_measurement(count / len(ids), clopper_pearson(count, len(ids), bootstrap.confidence), ""),
        quality={}
        if truth is None
        else {name: _decided(proportion(name), made, truth, bootstrap) for name in metric_names("decision")},
    )


def _decided(module: Proportion, made: tuple[Labels, Labels], truth: Labels, bootstrap: Bootstrap) -> Comparison:
    counts = [module.count(flagged, truth) for flagged in made]
    rates = [ratio(hits, trials) for hits, trials in counts]
    before, after = (
        _measurement(rate, clopper_pearson(int(hits), int(trials), bootstrap.confidence), module.UNDEFINED)
        for rate, (hits, trials) in zip(rates, counts, strict=True)
    )
    resampled = [bootstrap.values(partial(_rate, module), flagged, truth) for flagged in made]
    interval = bootstrap.interval(resampled[1] - resampled[0])
    change = _measurement(rates[1] - rates[0], interval, module.UNDEFINED)
    return Comparison(original=before, candidate=after, change=change)


def _rate(module: Proportion, flagged: Labels, truth: Labels) -> NDArray[np.float64]:
    return ratio(*module.count(flagged, truth))


def _measurement(value: Any, interval: Interval, undefined: str) -> Measurement:
    if np.isnan(value):
        return _undefined(undefined)
    low, high = (None if np.isnan(end) else end for end in interval)
    return Measurement(value=float(value), low=low, high=high)


def _undefined(why: str) -> Measurement:
    return Measurement(value=None, undefined=why)


def _nothing(why: str) -> Comparison:
    return Comparison(original=_undefined(why), candidate=_undefined(why), change=_undefined(why))


def _raw(scores: Scores) -> tuple[float | None, ...]:
    return tuple(score if np.isfinite(score) else None for score in scores.tolist())
