"""Does a classifier look at size, aspect and edges in place of what a picture shows? A probe that sees only those.

check = shortcut_check(surface, sample, bootstrap)
check.error_auc          # 0.5 is chance
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.bootstrap import Bootstrap
from benchmarks.metrics import metric
from benchmarks.parity_report import Measurement
from toolchain.data.audit.folds import out_of_fold
from toolchain.evaluation.glances import SURFACE
from toolchain.evaluation.measuring import Sample, measurement
from toolchain.evaluation.report import ShortcutCheck

Numbers = NDArray[np.float32]
_MOST_PICTURES = 5000
_TREES = 100
_HALF = 0.5


def shortcut_check(surface: Numbers, sample: Sample, bootstrap: Bootstrap) -> ShortcutCheck:
    """Return what ``surface``, float32 [n, numbers], says of labels and of errors; of many pictures, 5,000 are drawn.

    The probe is scikit-learn's extremely randomised trees, cross-validated with groups kept on one side. Errors are
    told from right answers among pictures of the same label only, for otherwise a probe of the label would pass for
    one of errors wherever one label is the harder one.
    """
    if len(sample.truth) > _MOST_PICTURES:
        drawn = np.random.default_rng(bootstrap.seed).permutation(len(sample.truth))[:_MOST_PICTURES]
        chosen = np.zeros(len(sample.truth), np.bool_)
        chosen[drawn] = True
        surface, sample = surface[chosen], sample.where(chosen)
    wrong = (sample.scores >= _HALF) != sample.truth
    everyone = np.zeros(len(wrong), np.bool_)
    return ShortcutCheck(
        features=SURFACE,
        pictures=len(wrong),
        errors=int(np.count_nonzero(wrong)),
        label_auc=_area(surface, sample.truth, everyone, sample.groups, bootstrap, "pictures of both labels"),
        error_auc=_area(surface, wrong, sample.truth, sample.groups, bootstrap, "errors"),
    )


def _area(
    surface: Numbers,
    answer: NDArray[np.bool_],
    stratum: NDArray[np.bool_],
    groups: NDArray[np.intp],
    bootstrap: Bootstrap,
    what: str,
) -> Measurement:
    """Return how well ``answer`` is told within each ``stratum``: ROC-AUC over pairs of the same stratum."""
    told = np.full(len(answer), np.nan)
    for value in (False, True):
        of = stratum == value
        found = out_of_fold(_trees(bootstrap.seed), surface[of], answer[of].astype(np.int8), groups[of], bootstrap.seed)
        if found is not None:
            told[of] = found
    kept = ~np.isnan(told)
    if not kept.any():
        return Measurement(value=None, undefined=f"too few {what} to learn from")
    samples = told[kept], answer[kept], stratum[kept]
    values = bootstrap.values(_within, *samples, groups=groups[kept])
    (value,) = _within(*(one[None] for one in samples))
    return measurement(value, bootstrap.interval(values), f"too few {what} to learn from")


def _trees(seed: int) -> Callable[[], Any]:
    def make() -> Any:
        from sklearn.ensemble import ExtraTreesClassifier

        return ExtraTreesClassifier(_TREES, min_samples_leaf=3, class_weight="balanced", random_state=seed)

    return make


def _within(told: NDArray[np.float64], answer: NDArray[np.bool_], stratum: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return, along the last axis, the mean of the strata's areas, weighted by their pairs of a yes and a no."""
    return np.array([_of_row(*row) for row in zip(told, answer, stratum, strict=True)])


def _of_row(told: NDArray[np.float64], answer: NDArray[np.bool_], stratum: NDArray[np.bool_]) -> float:
    area = metric("quality", "roc_auc").measure
    total, pairs = 0.0, 0
    for value in (False, True):
        of = stratum == value
        count = int(np.count_nonzero(answer[of])) * int(np.count_nonzero(~answer[of]))
        if count:
            total, pairs = total + count * float(area(told[of], answer[of])), pairs + count
    return total / pairs if pairs else float("nan")
