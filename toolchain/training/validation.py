"""What a new classifier makes of the pictures that it was chosen by, and the thresholds that follow."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.bootstrap import Bootstrap
from benchmarks.parity_report import Measurement
from models.pictures import read_batches
from models.preprocessing import Preprocessing
from models.runtimes import Predict
from toolchain.data.dataset import UNKNOWN, YES, Dataset
from toolchain.evaluation.category import group_numbers
from toolchain.evaluation.measuring import Sample, quality, rate
from toolchain.evaluation.scoring import Reading
from toolchain.evaluation.thresholds import Choice, Goals, choose_all
from toolchain.output import Progress

_BATCH = 16
_QUALITY = ("roc_auc", "pr_auc", "tpr_at_fpr_1pct")
METRICS = {"roc_auc": "ROC-AUC", "pr_auc": "PR-AUC", "tpr_at_fpr_1pct": "TPR at 1 % FPR", "accuracy": "accuracy at 0.5"}
"""What is measured, by name, and what it is called in tables."""


@dataclass(frozen=True, eq=False)
class Validation:
    """The readable pictures, ``paths``; ``scores`` float32 and ``truth`` int8, [n, categories]; ``groups`` int [n]."""

    paths: tuple[Path, ...]
    scores: NDArray[np.float32]
    truth: NDArray[np.int8]
    groups: NDArray[np.intp]

    def without(self, left_out: Collection[Path]) -> "Validation":
        """Return the others."""
        kept = np.array([path not in left_out for path in self.paths], bool)
        paths = tuple(path for path in self.paths if path not in left_out)
        return Validation(paths, self.scores[kept], self.truth[kept], self.groups[kept])


@dataclass(frozen=True)
class Measured:
    """What a category reaches: on how many pictures, of which how many say yes, and each of ``METRICS``."""

    pictures: int
    positives: int
    metrics: Mapping[str, Measurement]


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
    examples = [dataset.examples[place] for place in kept]
    groups, paths = group_numbers(examples), tuple(one.path for one in examples)
    return Validation(paths, np.concatenate(scores), dataset.truth(categories)[kept], groups)


def choices(validation: Validation, categories: tuple[str, ...]) -> dict[str, Choice]:
    """Return, per category, the thresholds that 1 % of the negatives reach for review, and 0.1 % for block."""
    return choose_all(categories, validation.scores, validation.truth, Goals(), validation.groups)


def measures(validation: Validation, categories: tuple[str, ...], seed: int) -> dict[str, Measured]:
    """Measure each category on the pictures whose answer is known; ``seed`` is of the intervals' bootstrap."""
    bootstrap = Bootstrap(seed=seed)
    found = {}
    for name, scores, answers in zip(categories, validation.scores.T, validation.truth.T, strict=True):
        known = answers != UNKNOWN
        sample = Sample(scores[known], answers[known] == YES, validation.groups[known])
        metrics = quality(sample, bootstrap, _QUALITY)
        metrics["accuracy"] = rate("accuracy", 0.5, sample, bootstrap.confidence)
        found[name] = Measured(len(sample.scores), sample.positives, metrics)
    return found
