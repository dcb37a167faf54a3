"""What a new classifier makes of the pictures that it was chosen by, and the thresholds that follow."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics.quality import pr_auc, roc_auc
from models.pictures import read_batches
from models.preprocessing import Preprocessing
from models.runtimes import Predict
from toolchain.data.dataset import UNKNOWN, YES, Dataset
from toolchain.evaluation.scoring import Reading
from toolchain.evaluation.thresholds import Choice, Goals, choose_all
from toolchain.output import Progress

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
    reading = Reading(dataset.examples)
    places = reading.places
    kept: list[int] = []
    scores = [np.empty((0, len(categories)), np.float32)]
    for batch in read_batches(places, rule, _BATCH, read=reading.resized):
        if batch.paths:
            scores.append(predict(batch.pixels))
            kept += [places[path] for path in batch.paths]
        progress("scoring the validation pictures", done=len(kept), total=len(places))
    return Validation(np.concatenate(scores), dataset.truth(categories)[kept])


def choices(validation: Validation, categories: tuple[str, ...]) -> dict[str, Choice]:
    """Return, per category, the thresholds that 1 % of the negatives reach for review, and 0.1 % for block."""
    return choose_all(categories, validation.scores, validation.truth, Goals())


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
