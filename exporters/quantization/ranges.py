"""The range of every activation, measured by running the inference graph over the calibration pictures."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from exporters.calibration import Calibrator
from exporters.quantization.observe import layer_outputs, quantized_layers
from models.resnet50 import InferenceNetwork

Range = tuple[float, float]


def measure(
    network: InferenceNetwork, batches: Iterable[NDArray[np.uint8]], calibrator: Calibrator
) -> dict[str, Range]:
    """Return (low, high) of each of ``quantized_layers``, low <= 0 <= high, as ``calibrator`` sees them.

    One batch's activations are in memory at a time, whatever the number of pictures.

    Args:
        network: whose inference form is run.
        batches: uint8 [n, height, width, 3].
        calibrator: an empty one of exporters.calibration.

    Raises:
        UserError: an activation is infinite or not a number.
    """
    layers = quantized_layers(network)
    run = layer_outputs(network, layers)
    for batch in batches:
        for name, values in zip(layers, run(batch), strict=True):
            calibrator.observe(name, values)
    return calibrator.ranges()
