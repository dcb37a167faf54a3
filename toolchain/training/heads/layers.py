"""A head as its dense layers, in numpy: what is trained, averaged, and put into the classifier in the end.

logits(layers, features)                     # float64 [n, categories]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.resnet50 import Affine

Layers = tuple[Affine, ...]
"""Dense layers with ReLU between them, the last of which gives a logit per category."""


@dataclass(frozen=True, eq=False)
class Scaling:
    """What features were divided by and shifted to for training: ``(x - mean) / deviation``, float64 [size] each."""

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]

    @classmethod
    def of(cls, features: NDArray[np.float16], rows_at_once: int = 1024) -> "Scaling":
        """Measure ``features`` [n, views, size]; a feature that never changes is divided by one."""
        count = features.shape[0] * features.shape[1]
        total = np.zeros(features.shape[2])
        parts = [features[start : start + rows_at_once] for start in range(0, len(features), rows_at_once)]
        for part in parts:
            total += part.sum((0, 1), dtype=np.float64)
        mean = total / count
        squares = np.zeros_like(mean)
        for part in parts:
            squares += np.square(part - mean).sum((0, 1))
        deviation = np.sqrt(squares / count)
        return cls(mean, np.where(deviation > 1e-6, deviation, 1))

    def apply(self, features: NDArray[np.float16]) -> NDArray[np.float32]:
        """Return ``features`` [..., size] as training sees them."""
        scaled: NDArray[np.float32] = features.astype(np.float32)
        scaled -= self.mean.astype(np.float32)
        scaled *= (1 / self.deviation).astype(np.float32)
        return scaled

    def folded(self, layers: Layers) -> Layers:
        """Return the layers that make of unscaled features what ``layers`` make of scaled ones."""
        first = layers[0]
        kernel = first.kernel / self.deviation[:, None]
        bias = first.bias - self.mean @ kernel
        return (Affine(kernel.astype(np.float32), bias.astype(np.float32)), *layers[1:])


def logits(layers: Layers, features: NDArray[Any], precision: type[np.floating] = np.float64) -> NDArray[np.float64]:
    """Return the logits of ``features`` [n, size]: float64 [n, categories], computed in ``precision``."""
    x = features.astype(precision, copy=False)
    for index, layer in enumerate(layers):
        x = x @ layer.kernel.astype(precision, copy=False) + layer.bias.astype(precision, copy=False)
        x = np.maximum(x, 0) if index < len(layers) - 1 else x
    return np.asarray(x, np.float64)


def set_dense(model: Any, layers: Sequence[Affine]) -> None:
    """Give the Dense layers of a ``keras.Model``, in their order, these weights."""
    dense = [layer for layer in model.layers if type(layer).__name__ == "Dense"]
    for layer, affine in zip(dense, layers, strict=True):
        layer.set_weights([affine.kernel, affine.bias])
