"""What a new classifier makes of the pictures that it was chosen by, and the thresholds that follow."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics.quality import pr_auc, roc_auc
from models.pictures import read_batches
from models.preprocessing import Preprocessing
from models.runtimes import Predict
from models.spec import Thresholds
from toolchain.data.dataset import UNKNOWN, YES, Dataset
from toolchain.output import Progress

_REVIEW_FPR, _BLOCK_FPR = 0.05, 0.01
_BATCH = 16


@dataclass(frozen=True, eq=False)
class Validation:
    """``scores`` float32 [n, categories] of the readable pictures, and their ``truth`` int8 [n, categories]."""

    scores: NDArray[np.float32]
    truth: NDArray[np.int8]


def validate(
    predict: Predict, rule: Preprocessing, dataset: Dataset, categories: tuple[str, ...], progress: Progress
) -> Validation:
    """Score the pictures of ``dataset``; those that cannot be read are left out."""
    places = {example.path: place for place, example in enumerate(dataset.examples)}
    kept: list[int] = []
    scores = [np.empty((0, len(categories)), np.float32)]
    for batch in read_batches(places, rule, _BATCH):
        if batch.paths:
            scores.append(predict(batch.pixels))
            kept += [places[path] for path in batch.paths]
        progress("scoring the validation pictures", done=len(kept), total=len(places))
    return Validation(np.concatenate(scores), dataset.truth(categories)[kept])


def thresholds(validation: Validation, categories: tuple[str, ...]) -> dict[str, Thresholds]:
    """Return, per category, where 5 % of the negatives reach review, and where 1 % of them reach block."""
    found = {}
    for name, scores, answers in _known(validation, categories):
        negatives = np.sort(scores[answers != YES].astype(np.float64))[::-1]
        reached = [negatives[int(rate * len(negatives))] for rate in (_REVIEW_FPR, _BLOCK_FPR)]
        review, block = (float(np.clip(np.ceil(score * 1e4) / 1e4, 1e-4, 1)) for score in reached)
        found[name] = Thresholds(review=review, block=max(review, block))
    return found


def measures(validation: Validation, categories: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Return, per category, the number of pictures, ROC-AUC, PR-AUC, and accuracy at 0.5."""
    return {
        name: {
            "pictures": len(scores),
            "positives": int((answers == YES).sum()),
            "roc_auc": float(roc_auc.measure(scores, answers == YES)),
            "pr_auc": float(pr_auc.measure(scores, answers == YES)),
            "accuracy": float(((scores >= 0.5) == (answers == YES)).mean()),
        }
        for name, scores, answers in _known(validation, categories)
    }


def _known(
    validation: Validation, categories: tuple[str, ...]
) -> list[tuple[str, NDArray[np.float32], NDArray[np.int8]]]:
    found = []
    for name, scores, answers in zip(categories, validation.scores.T, validation.truth.T, strict=True):
        known = answers != UNKNOWN
        found.append((name, scores[known], answers[known]))
    return found
