"""Score calibration: the straight line in the logit that brings an artefact's scores back to the original's.

    found = choose(logits, targets)         # of the artefact, and the original's scores on the same pictures
    found.map                               # ScoreMap(1.0, 0.0), unless the pictures say otherwise, and clearly

Platt 1999 fits slope and intercept by cross-entropy; temperature scaling (Guo et al. 2017, arXiv:1706.04599) is the
slope alone. The targets here are the original's scores, soft, rather than labels: the artefact is to say what the
original says, right or wrong. A ridge pulls the line toward the identity, and how hard is decided by the loss on
pictures held out. A line is taken only if that loss is lower than the identity's by more than chance explains.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

RIDGES = (0.1, 1.0, 10.0, 100.0)
"""Strengths of the pull toward the identity that are tried, in units of the cross-entropy summed over pictures."""
FOLDS = 10
STANDARD_ERRORS = 2.0
"""By how many of its standard errors the gain on held-out pictures must differ from nothing."""
_STEPS = 50
_EXACT = 1e-10


@dataclass(frozen=True)
class ScoreMap:
    """``slope * logit + intercept``; the slope is above 0, so that pictures keep their order."""

    slope: float = 1.0
    intercept: float = 0.0

    def __call__(self, logits: Values) -> Values:
        """Return the logits, [n], as the map has them."""
        return self.slope * logits + self.intercept


IDENTITY = ScoreMap()


@dataclass(frozen=True)
class Chosen:
    """The map, and the mean loss per picture on held-out folds without and with it, in nats.

    The loss is the Kullback-Leibler divergence of the artefact's score from the original's: cross-entropy less what
    the original's own uncertainty makes of it.
    """

    map: ScoreMap
    loss_before: float
    loss_after: float


def choose(logits: Values, targets: Values) -> Chosen:
    """Return the map for an artefact whose ``logits`` [n] should give the scores ``targets`` [n], each within (0, 1).

    Ten folds, every tenth picture in each; the same input always gives the same map.

    Raises:
        ValueError: there are fewer pictures than folds, the lengths differ, or a value is not a finite number.
    """
    if logits.shape != targets.shape or len(logits) < FOLDS:
        raise ValueError(f"{FOLDS} pictures or more, and a target for each (got {logits.shape} and {targets.shape})")
    if not (np.isfinite(logits).all() and ((targets > 0) & (targets < 1)).all()):
        raise ValueError("logits must be finite, and targets between 0 and 1")
    before = divergence(logits, targets, IDENTITY)
    held_out = {ridge: _held_out(logits, targets, ridge) for ridge in RIDGES}
    best = min(RIDGES, key=lambda ridge: float(held_out[ridge].mean()))
    gain = before - held_out[best]
    found = fit(logits, targets, best)
    clear = gain.mean() > STANDARD_ERRORS * gain.std(ddof=1) / np.sqrt(len(gain))
    if not clear or found.slope <= 0:
        return Chosen(IDENTITY, float(before.mean()), float(before.mean()))
    return Chosen(found, float(before.mean()), float(held_out[best].mean()))


def fit(logits: Values, targets: Values, ridge: float) -> ScoreMap:
    """Return the map with the least ``sum(cross-entropy) + ridge / 2 * ((slope - 1)^2 + intercept^2)``.

    By Newton's method, each step halved until it lowers the loss; the loss is convex, and strictly so with a ridge.
    """
    inputs = np.stack([logits, np.ones_like(logits)], axis=1)
    identity = np.array([1.0, 0.0])

    def total(line: Values) -> float:
        mapped = inputs @ line
        return float(np.sum(np.logaddexp(0, mapped) - targets * mapped) + ridge / 2 * np.sum((line - identity) ** 2))

    line = identity
    for _ in range(_STEPS):
        scores = _sigmoid(inputs @ line)
        slope = inputs.T @ (scores - targets) + ridge * (line - identity)
        curvature = (inputs * (scores * (1 - scores))[:, None]).T @ inputs + ridge * np.eye(2)
        step = np.linalg.solve(curvature, slope)
        while total(line - step) > total(line) and np.abs(step).max() > _EXACT:
            step = step / 2
        line = line - step
        if np.abs(step).max() <= _EXACT:
            break
    return ScoreMap(float(line[0]), float(line[1]))


def divergence(logits: Values, targets: Values, found: ScoreMap) -> Values:
    """Return the Kullback-Leibler divergence of the mapped scores from the targets, per picture, [n], in nats."""
    mapped = found(logits)
    own = targets * np.log(targets) + (1 - targets) * np.log1p(-targets)
    return np.maximum(own + np.logaddexp(0, mapped) - targets * mapped, 0.0)


def _held_out(logits: Values, targets: Values, ridge: float) -> Values:
    losses = np.empty_like(logits)
    for fold in _folds(len(logits)):
        found = fit(logits[~fold], targets[~fold], ridge)
        losses[fold] = divergence(logits[fold], targets[fold], found)
    return losses


def _folds(count: int) -> Iterator[NDArray[np.bool_]]:
    places = np.arange(count) % FOLDS
    for fold in range(FOLDS):
        yield places == fold


def _sigmoid(logits: Values) -> Values:
    return np.asarray(np.exp(-np.logaddexp(0, -logits)))
