"""Ranges by what they do to the logits: a narrower one rounds finer and cuts more off; the gradient weighs the two.

    ranges_by_logit_error(network, batches)["conv1_relu"]      # Clipped(range=(0.0, 4.3), error=0.004)

Rounding to steps of ``d`` adds errors of variance ``d**2 / 12``, as good as independent of each other, and moves the
logit by a variance of that times the sum of the squared gradients (Widrow and Kollar 2008). What is cut off is known
value by value, and adds up in each picture with its signs. The range with the least of both, squared and averaged
over the calibration pictures, is taken.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from exporters.calibration import calibrator
from exporters.quantization.gradients import Seen, gradients
from exporters.quantization.observe import quantized_layers
from exporters.quantization.ranges import Range, measure
from models.resnet50 import InferenceNetwork

Batches = Callable[[], Iterable[NDArray[np.uint8]]]
METHOD = "logit-error"
SHARES = np.linspace(0.25, 1.0, 31, dtype=np.float32)
"""The ranges that are tried, as shares of the widest."""


@dataclass(frozen=True)
class Clipped:
    """``range`` of an activation, and ``error``: the mean square that rounding to it adds to the logit."""

    range: Range
    error: float


def ranges_by_logit_error(network: InferenceNetwork, batches: Batches) -> dict[str, Clipped]:
    """Return the best range of each of ``quantized_layers``, low <= 0 <= high.

    Args:
        network: in the form that will be quantized.
        batches: gives the calibration pictures, uint8 [n, height, width, 3], each time it is called.

    Raises:
        UserError: an activation is infinite or not a number.
    """
    layers = quantized_layers(network)
    widest = measure(network, batches(), calibrator("minmax"))
    sums = {name: _Sums() for name in layers}
    for seen in gradients(network, layers, batches()):
        for name, activation in seen.items():
            sums[name].add(activation, widest[name])
    return {name: found.best(widest[name]) for name, found in sums.items()}


@dataclass
class _Sums:
    pictures: int = 0
    squared_gradients: float = 0.0
    cut: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(SHARES)))

    def add(self, activation: Seen, widest: Range) -> None:
        import tensorflow as tf

        values, slopes = activation.values, activation.gradients
        self.pictures += int(values.shape[0])
        self.squared_gradients += float(tf.reduce_sum(tf.square(slopes)))
        low, high = (np.float32(end) for end in widest)
        beyond = tf.where((values > SHARES[0] * high) | (values < SHARES[0] * low))
        picture, value = beyond[:, 0], tf.gather_nd(values, beyond)
        slope = tf.gather_nd(slopes, beyond)
        for index, share in enumerate(SHARES):
            moved = (tf.clip_by_value(value, share * low, share * high) - value) * slope
            per_picture = tf.math.unsorted_segment_sum(moved, picture, values.shape[0])
            self.cut[index] += float(tf.reduce_sum(tf.square(per_picture)))

    def best(self, widest: Range) -> Clipped:
        low, high = widest
        steps = SHARES.astype(np.float64) * (high - low) / 255
        errors = (self.cut + steps**2 / 12 * self.squared_gradients) / self.pictures
        best = int(np.argmin(errors))
        share = float(SHARES[best])
        return Clipped((share * low, share * high), float(errors[best]))
