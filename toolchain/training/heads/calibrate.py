"""Scores that mean what they say: Platt's line through logits of pictures that a head was not trained on.

slope, intercept = platt(out_of_fold, truth)          # float64 [categories] each
layers = calibrated(layers, slope, intercept)

Smoothed targets, mixed pictures and balanced weights make heads that rank well and whose scores are too mild, and lean
to the rarer answer. Logits of cross-validation show by how much; a line (Platt 1999) puts it right, and goes into the
last layer at no cost. The scores are then probabilities for pictures in which answers are as frequent as in training.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from models.resnet50 import Affine
from toolchain.data.dataset import UNKNOWN
from toolchain.training.heads.layers import Layers

_LEAST = 10


def out_of_fold(
    predict: Callable[[NDArray[np.bool_]], NDArray[np.float64]], fold: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return logits [n, categories] of every picture by a head that saw none of its fold.

    Args:
        predict: takes which pictures are held out, bool [n], trains on the others, and returns the logits of those.
        fold: the number of each picture's fold, int [n].
    """
    parts = {int(number): predict(fold == number) for number in np.unique(fold)}
    logits = np.empty((len(fold), next(iter(parts.values())).shape[1]))
    for number, found in parts.items():
        logits[fold == number] = found
    return logits


def folds_of(groups: NDArray[np.intp], folds: int, seed: int) -> NDArray[np.intp]:
    """Return a fold in [0, folds) for each picture, int [n]; those of one group share it."""
    names = np.unique(groups)
    order = np.random.default_rng([seed, 2]).permutation(len(names))
    return np.asarray(order[np.searchsorted(names, groups)] % folds, np.intp)


def platt(logits: NDArray[np.float64], truth: NDArray[np.int8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return slope and intercept, float64 [categories], that make the likelihood of ``truth`` the largest.

    A category keeps its logits (slope 1, intercept 0) where fewer than ten pictures say yes or no, or where the line
    would fall. Targets are Platt's, a little inside 0 and 1, so that logits that part the answers wholly have a line.
    """
    slope, intercept = np.ones(logits.shape[1]), np.zeros(logits.shape[1])
    for category in range(logits.shape[1]):
        known = truth[:, category] != UNKNOWN
        found = _line(logits[known, category], truth[known, category] == 1)
        if found is not None and found[0] > 0:
            slope[category], intercept[category] = found
    return slope, intercept


def _line(logits: NDArray[np.float64], yes: NDArray[np.bool_]) -> tuple[float, float] | None:
    from scipy.optimize import minimize

    positives, negatives = int(yes.sum()), int((~yes).sum())
    if min(positives, negatives) < _LEAST:
        return None
    target = np.where(yes, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(line: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = line[0] * logits + line[1]
        excess = 1 / (1 + np.exp(-np.clip(z, -500, 500))) - target
        return float(np.mean(np.logaddexp(0, z) - target * z)), np.array([np.mean(excess * logits), np.mean(excess)])

    best = minimize(loss, np.array([1.0, 0.0]), jac=True, method="BFGS")
    return float(best.x[0]), float(best.x[1])


def calibrated(layers: Layers, slope: NDArray[np.float64], intercept: NDArray[np.float64]) -> Layers:
    """Return the layers whose logits are ``slope * logit + intercept`` of those of ``layers``, per category."""
    last = layers[-1]
    kernel = (last.kernel * slope).astype(np.float32)
    return (*layers[:-1], Affine(kernel, (last.bias * slope + intercept).astype(np.float32)))
