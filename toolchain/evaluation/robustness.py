"""What becomes of the scores when pictures are changed on the way to the classifier.

changed = score_perturbed(scorer, examples, ("jpeg", "crop"), seed=0, progress=progress)
robustness(before, changed[0].scored.scores[:, 0], changed[0], points, bootstrap)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from benchmarks.bootstrap import Bootstrap
from benchmarks.clustered import clustered_interval
from benchmarks.flips import flips
from benchmarks.metrics import metric
from benchmarks.parity_report import Measurement
from toolchain.data.dataset import Example
from toolchain.evaluation.measuring import Sample, measurement
from toolchain.evaluation.report import Flips, Point, Robustness
from toolchain.evaluation.scoring import Change, Scored, Scorer
from toolchain.output import Progress
from toolchain.perturbations import perturb, perturbation
from toolchain.progress import silent

Pixels = NDArray[np.uint8]
_RESAMPLES = 300


@dataclass(frozen=True, eq=False)
class Perturbed:
    """One perturbation at one level, and what the classifier said of the changed pictures."""

    perturbation: str
    level: str
    scored: Scored


def drawn(truth: NDArray[np.int8], count: int, seed: int) -> NDArray[np.intp]:
    """Return up to ``count`` places, ascending, of pictures whose labels are ``truth`` (int8 [n, categories]).

    Where there are more than that, of each category in turn as many yes as no are drawn, as far as there are any.
    """
    if len(truth) <= count:
        return np.arange(len(truth))
    order = np.random.default_rng(seed).permutation(len(truth))
    shares = count // (2 * truth.shape[1])
    chosen = [order[truth[order, column] == answer][:shares] for column in range(truth.shape[1]) for answer in (1, 0)]
    firsts = dict.fromkeys([*np.concatenate(chosen).tolist(), *order.tolist()])
    return np.sort(np.array([*firsts][:count], np.intp))


def score_perturbed(
    scorer: Scorer, examples: Sequence[Example], names: Sequence[str], seed: int, progress: Progress
) -> list[Perturbed]:
    """Score ``examples`` under every level of the perturbations of these names; the same seed changes them alike."""
    levels = [(name, level) for name in names for level in perturbation(name).LEVELS]
    made = []
    for done, (name, level) in enumerate(levels):
        progress("scoring changed pictures", done=done, total=len(levels))
        made.append(Perturbed(name, level, scorer.score(examples, silent, change=_change(name, level, seed))))
    if levels:
        progress("scoring changed pictures", done=len(levels), total=len(levels))
    return made


def _change(name: str, level: str, seed: int) -> Change:
    def change(place: int, picture: Pixels) -> Pixels:
        return perturb(picture, name, level, np.random.default_rng([seed, crc32(f"{name} {level}".encode()), place]))

    return change


def robustness(
    before: Sample, after: NDArray[np.float32], made: Perturbed, points: Mapping[Point, float], bootstrap: Bootstrap
) -> Robustness:
    """Compare scores [n] of changed pictures with those of ``before``, the same pictures as they are."""
    fewer = bootstrap.model_copy(update={"resamples": min(_RESAMPLES, bootstrap.resamples)})
    change = after.astype(np.float64) - before.scores
    return Robustness(
        perturbation=made.perturbation,
        level=made.level,
        pictures=len(after),
        mean_abs=_difference("mean_abs", before, after, fewer),
        p99_abs=_difference("p99_abs", before, after, fewer),
        shift=measurement(np.mean(change), fewer.interval(_values(_mean, before, fewer, change)), ""),
        roc_auc=_area(before, after, fewer),
        roc_auc_change=_area_change(before, after, fewer),
        flips={point: _flips(before, after, at, fewer) for point, at in points.items()},
    )


def _values(measure: Any, sample: Sample, bootstrap: Bootstrap, *arrays: NDArray[Any]) -> NDArray[np.float64]:
    return bootstrap.values(measure, *arrays, groups=sample.groups)


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.mean(values, axis=-1))


def _difference(name: str, before: Sample, after: NDArray[np.float32], bootstrap: Bootstrap) -> Measurement:
    module = metric("difference", name)
    values = _values(module.measure, before, bootstrap, before.scores, after)
    return measurement(module.measure(before.scores, after), bootstrap.interval(values), module.UNDEFINED)


def _area(before: Sample, after: NDArray[np.float32], bootstrap: Bootstrap) -> Measurement:
    module = metric("quality", "roc_auc")
    values = _values(module.measure, before, bootstrap, after, before.truth)
    return measurement(module.measure(after, before.truth), bootstrap.interval(values), module.UNDEFINED)


def _area_change(before: Sample, after: NDArray[np.float32], bootstrap: Bootstrap) -> Measurement:
    module = metric("quality", "roc_auc")

    def change(first: NDArray[Any], second: NDArray[Any], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
        return module.measure(second, truth) - module.measure(first, truth)

    samples = (before.scores, after, before.truth)
    return measurement(
        change(*samples), bootstrap.interval(_values(change, before, bootstrap, *samples)), module.UNDEFINED
    )


def _flips(before: Sample, after: NDArray[Any], threshold: float, bootstrap: Bootstrap) -> Flips:
    changed = flips(before.scores, after, threshold)
    flipped = np.zeros(len(after), np.bool_)
    flipped[[*changed.newly_flagged, *changed.newly_missed]] = True
    interval = clustered_interval(flipped, before.groups, bootstrap.confidence)
    return Flips(
        newly_flagged=len(changed.newly_flagged),
        newly_missed=len(changed.newly_missed),
        rate=measurement(np.mean(flipped), interval, ""),
    )
