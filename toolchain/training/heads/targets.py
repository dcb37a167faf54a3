"""What heads are trained towards: a target and a weight per picture and category, none where nothing is known."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from toolchain.data.dataset import NO, UNKNOWN, YES

ClassWeights = Literal["balanced", "none"]


def targets(truth: NDArray[np.int8], class_weights: ClassWeights, smoothing: float) -> NDArray[np.float32]:
    """Return float32 [n, categories, 2]: the target in [0, 1] and the weight.

    The weights of a category sum to n, however many of its pictures are known; balanced, half of that is on either
    side. Smoothing moves targets towards 0.5: a yes is ``1 - smoothing / 2`` (Szegedy et al. 2015).
    """
    wanted = np.clip(truth, 0, 1) * (1 - smoothing) + smoothing / 2
    weight = (truth != UNKNOWN).astype(np.float64)
    if class_weights == "balanced":
        for side in (YES, NO):
            weight = np.where(truth == side, 1 / np.maximum((truth == side).sum(0), 1), weight)
    weight *= len(truth) / np.maximum(weight.sum(0), 1e-12)
    return np.stack([wanted, weight], -1).astype(np.float32)


def masked_loss(wanted: Any, predicted: Any) -> Any:
    """Return the cross-entropy of logits [n, members, categories] with [n, members, categories, 2], summed: [n].

    Written with ``keras.ops``; ``log(1 + exp(z)) - target * z`` is what the sigmoid's cross-entropy comes to.
    """
    from keras import ops

    target, weight = wanted[..., 0], wanted[..., 1]
    return ops.sum(weight * (ops.softplus(predicted) - target * predicted), axis=(1, 2))


def measured_loss(wanted: NDArray[np.float32], predicted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean loss of each category, float64 [categories], of logits [n, categories]."""
    target, weight = wanted[..., 0].astype(np.float64), wanted[..., 1].astype(np.float64)
    losses = np.logaddexp(0, predicted) - target * predicted
    return np.asarray((weight * losses).sum(0) / np.maximum(weight.sum(0), 1e-12))


def mixed(
    features: NDArray[np.float32], wanted: NDArray[np.float32], alpha: float, chance: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mix each row with another one, both features and targets (mixup, Zhang et al. 2017); weights are mixed as well.

    ``alpha``: of the beta distribution that shares are drawn from; 0 leaves everything as it is.
    """
    if not alpha:
        return features, wanted
    share = chance.beta(alpha, alpha, len(features)).astype(np.float32)
    share = np.maximum(share, 1 - share)[:, None]
    other = 1 - share
    weights = share[..., None] * wanted[..., 1], other[..., None] * wanted[::-1, ..., 1]
    weight = weights[0] + weights[1]
    target = (weights[0] * wanted[..., 0] + weights[1] * wanted[::-1, ..., 0]) / np.maximum(weight, 1e-12)
    blended = np.empty_like(features)
    for start in range(0, len(features), 16):  # few enough to stay near the processor
        rows, others = slice(start, start + 16), features[::-1][start : start + 16]
        part = np.subtract(features[rows], others, out=blended[rows])
        part *= share[rows]
        part += others
    return blended, np.stack([target, weight], -1)
