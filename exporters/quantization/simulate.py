"""int8 in float: the inference graph with every activation rounded to its 256 levels, for what must be known early."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exporters.quantization.ranges import Range
from models.resnet50 import InferenceNetwork, inference_form


def simulated_form(network: InferenceNetwork, ranges: Mapping[str, Range]) -> Any:
    """Return the inference form whose layers named in ``ranges`` give only values of their u8 grids.

    Weights are taken as they are. Runtimes differ from it, and from each other, by how they round between layers.
    """
    from keras import ops

    def after(x: Any, layer: str) -> Any:
        if layer not in ranges:
            return x
        low, high = ranges[layer]
        scale = (high - low) / 255 or 1.0
        zero = np.rint(-low / scale)
        levels = ops.clip(ops.round(x / scale) + zero, 0, 255)
        return (levels - zero) * scale

    return inference_form(network, after=after)


def logits(model: Any, batches: Iterable[NDArray[np.uint8]]) -> NDArray[np.float64]:
    """Return each category's logit for each picture, [pictures, categories], for a Keras inference form."""
    import keras

    before_sigmoid = keras.Model(model.input, model.get_layer("scores").input)
    return np.concatenate([np.asarray(before_sigmoid.predict_on_batch(batch), np.float64) for batch in batches])
