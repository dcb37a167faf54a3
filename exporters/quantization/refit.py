"""Score calibration and thresholds refitted for one artefact, on the calibration pictures, in its own runtime.

    found = refit(load_runtime(bundle), reference, spec, calibration)
    if found.moves_scores:
        network = fold(network, found)              # and the artefact is written again
    spec = with_thresholds(spec, found)

Quantization moves calibration, and every format rounds in its own way, so the artefact itself is asked. The map goes
into the head, which is in float: exact, one output, nothing for a client to do. The original's thresholds then keep
their meaning.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exporters.calibration.pictures import CalibrationSet
from exporters.deploy import fold_score_calibrations
from exporters.quantization.score_calibration import IDENTITY, choose
from exporters.quantization.thresholds import refitted
from models.logit import logit
from models.manifest import Calibration, Refit, RefittedCategory
from models.preprocessing import Preprocessing
from models.resnet50 import InferenceNetwork
from models.runtimes import Predict
from models.spec import ClassifierSpec, Thresholds

METHOD = "platt"
_BATCH = 16


@dataclass(frozen=True, eq=False)
class Reference:
    """What the original says of the calibration pictures: float64 [n, categories], in the pictures' order."""

    pictures: CalibrationSet
    scores: NDArray[np.float64]


def refit(candidate: Predict, reference: Reference, spec: ClassifierSpec, calibration: Calibration) -> Refit:
    """Run the artefact on the calibration pictures, and return what should be done to its scores and thresholds.

    Scores that are not numbers leave everything as it is: there is nothing to learn from them.

    Args:
        candidate: the artefact in its runtime.
        reference: the original's scores.
        spec: with the original's thresholds.
        calibration: what the manifest says of the pictures.
    """
    seen = _scores(candidate, reference.pictures, spec.preprocessing)
    return Refit(
        method=METHOD,
        pictures=calibration.pictures,
        sha256=calibration.sha256,
        categories={
            label: _category(reference.scores[:, column], seen[:, column], spec.thresholds[label])
            for column, label in enumerate(spec.labels)
        },
    )


def _scores(candidate: Predict, pictures: CalibrationSet, rule: Preprocessing) -> NDArray[np.float64]:
    return np.concatenate([candidate(batch).astype(np.float64) for batch in pictures.batches(rule, _BATCH)])


def _category(original: NDArray[np.float64], seen: NDArray[np.float64], before: Thresholds) -> RefittedCategory:
    if not (np.isfinite(original).all() and np.isfinite(seen).all()):
        return RefittedCategory(thresholds_before=before, thresholds_after=before)
    logits = logit(seen)
    chosen = choose(logits, 1 / (1 + np.exp(-logit(original))))
    mapped = seen if chosen.map == IDENTITY else 1 / (1 + np.exp(-chosen.map(logits)))
    return RefittedCategory(
        slope=chosen.map.slope,
        intercept=chosen.map.intercept,
        loss_before=chosen.loss_before,
        loss_after=chosen.loss_after,
        thresholds_before=before,
        thresholds_after=refitted(original, mapped, before),
    )


def fold(network: InferenceNetwork, found: Refit) -> InferenceNetwork:
    """Return the network with the maps in the last layers of its heads."""
    categories = [found.categories[label] for label in network.labels]
    slopes = np.array([category.slope for category in categories])
    return fold_score_calibrations(network, slopes, np.array([category.intercept for category in categories]))


def with_thresholds(spec: ClassifierSpec, found: Refit) -> ClassifierSpec:
    """Return the spec with the artefact's own thresholds."""
    after = {label: category.thresholds_after for label, category in found.categories.items()}
    return spec.model_copy(update={"thresholds": after})
