"""How far each channel of an activation should reach before it is cut off, by what either costs in logits.

    found = reaches(network, batches)
    found["conv1_relu"].errors(limits)          # mean square logit error of every channel, were it cut at these limits

As exporters.quantization.clipping, channel by channel. Rounding errors of one channel are not taken to be independent
here: where a picture is flat, all positions round alike. How much that adds is measured, at 255 steps to the peak.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exporters.quantization.gradients import Seen, gradients
from exporters.quantization.observe import layer_outputs, quantized_layers
from models.resnet50 import InferenceNetwork

LIMITS = np.linspace(0.2, 1.0, 9)
"""The limits that are tried, as shares of a channel's largest absolute value."""


@dataclass(frozen=True)
class Reach:
    """What is known of the channels of one activation, over the calibration pictures.

    ``peaks`` [channels]: the largest absolute values. ``signed``: whether there are negative ones. ``noise``
    [channels]: mean square logit error for rounding to steps of one. ``cut`` [len(LIMITS), channels]: mean square
    logit error for cutting off at ``LIMITS * peaks``.
    """

    peaks: NDArray[np.float64]
    signed: bool
    noise: NDArray[np.float64]
    cut: NDArray[np.float64]

    def errors(self, limits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean square logit error of each channel for absolute ``limits``; both [n, channels]."""
        steps = limits * (2 if self.signed else 1) / 255
        shares = limits / np.maximum(self.peaks, 1e-30)
        cut = [np.interp(shares[:, channel], LIMITS, self.cut[:, channel]) for channel in range(len(self.peaks))]
        return np.asarray(np.stack(cut, axis=1) + steps**2 * self.noise)


def reaches(network: InferenceNetwork, batches: Callable[[], Iterable[NDArray[np.uint8]]]) -> Mapping[str, Reach]:
    """Return the ``Reach`` of each of ``quantized_layers(network)``.

    ``batches`` gives the calibration pictures, uint8 [n, height, width, 3], each time it is called.
    """
    layers = quantized_layers(network)
    run = layer_outputs(network, layers)
    peaks: dict[str, NDArray[np.float32]] = {}
    for batch in batches():
        for name, values in zip(layers, run(batch), strict=True):
            peaks[name] = np.maximum(peaks.get(name, np.float32(0)), np.abs(values).max(axis=(0, 1, 2)))
    sums = {name: _Sums(peaks[name]) for name in layers}
    for seen in gradients(network, layers, batches()):
        for name, activation in seen.items():
            sums[name].add(activation)
    return {name: found.reach(signed=name.endswith("_conv")) for name, found in sums.items()}


class _Sums:
    def __init__(self, peaks: NDArray[np.float32]) -> None:
        self.peaks = peaks
        self.pictures = 0
        self.noise = np.zeros(peaks.size)
        self.cut = np.zeros((len(LIMITS), peaks.size))

    def add(self, activation: Seen) -> None:
        import tensorflow as tf

        values, slopes = activation.values, activation.gradients
        self.pictures += int(values.shape[0])
        steps = np.maximum(self.peaks, np.float32(1e-20)) / np.float32(255)
        self.noise += _squares((tf.round(values / steps) * steps - values) * slopes) / steps.astype(np.float64) ** 2
        for index, share in enumerate(LIMITS[:-1].astype(np.float32)):
            limits = share * self.peaks
            self.cut[index] += _squares((tf.clip_by_value(values, -limits, limits) - values) * slopes)

    def reach(self, *, signed: bool) -> Reach:
        peaks = self.peaks.astype(np.float64)
        return Reach(peaks, signed, self.noise / self.pictures, self.cut / self.pictures)


def _squares(moved: Any) -> NDArray[np.float64]:
    """Return the sum over pictures of the squared sum over positions, [channels]."""
    import tensorflow as tf

    return np.asarray(tf.reduce_sum(tf.square(tf.reduce_sum(moved, (1, 2))), 0), np.float64)
