"""What each convolution reads: mean and covariance of its input windows, streamed over the calibration pictures."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.resnet50 import InferenceNetwork, inference_form

POSITIONS = 128
"""Windows that are looked at per picture and convolution: drawn at random, since neighbours are nearly the same."""


@dataclass(frozen=True)
class Moments:
    """Of the windows that a convolution multiplies its kernel with, flattened to [rows * columns * inputs].

    ``mean`` [k] and ``covariance`` [k, k] (about the mean), float64.
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]


def input_moments(network: InferenceNetwork, batches: Iterable[NDArray[np.uint8]], seed: int = 0) -> dict[str, Moments]:
    """Return the moments of every convolution's input, by the names of ``network.convolutions``.

    Memory is that of one batch and of the covariances, whatever the number of pictures.
    """
    import keras

    graph = inference_form(network)
    names = tuple(network.convolutions)
    layers = [graph.get_layer(f"{name}_conv") for name in names]
    model = keras.Model(graph.input, [layer.input for layer in layers])
    chance = np.random.default_rng(seed)
    sums = {name: _Sums(layer.kernel.shape) for name, layer in zip(names, layers, strict=True)}
    for batch in batches:
        for name, layer, values in zip(names, layers, model.predict_on_batch(batch), strict=True):
            sums[name].add(_windows(np.asarray(values), layer, chance))
    return {name: found.moments() for name, found in sums.items()}


class _Sums:
    def __init__(self, kernel_shape: tuple[int, ...]) -> None:
        size = int(np.prod(kernel_shape[:-1]))
        self.count = 0
        self.sum = np.zeros(size)
        self.products = np.zeros((size, size), np.float32)

    def add(self, windows: NDArray[np.float32]) -> None:
        self.count += len(windows)
        self.sum += windows.sum(axis=0, dtype=np.float64)
        self.products += windows.T @ windows

    def moments(self) -> Moments:
        mean = self.sum / self.count
        return Moments(mean, self.products.astype(np.float64) / self.count - np.outer(mean, mean))


def _windows(values: NDArray[np.float32], layer: Any, chance: np.random.Generator) -> NDArray[np.float32]:
    """Return some of the windows that a Keras convolution reads from ``values`` (NHWC), [n * positions, k]."""
    size, stride = layer.kernel_size[0], layer.strides[0]
    if layer.padding == "same":
        values = np.pad(values, ((0, 0), (size // 2,) * 2, (size // 2,) * 2, (0, 0)))
    rows, columns = ((side - size) // stride + 1 for side in values.shape[1:3])
    picked = chance.integers(0, rows * columns, (len(values), min(POSITIONS, rows * columns)))
    top, left = picked // columns * stride, picked % columns * stride
    picture = np.arange(len(values))[:, None, None, None]
    offset = np.arange(size)
    found = values[picture, top[:, :, None, None] + offset[:, None], left[:, :, None, None] + offset[None, :]]
    return np.asarray(found.reshape(-1, size * size * values.shape[-1]))
