"""What flows through the inference graph: the tensors that int8 will quantize, and the inputs of the convolutions."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.resnet50 import InferenceNetwork, inference_form

Batch = NDArray[np.uint8]
Values = NDArray[np.float32]


def quantized_layers(network: InferenceNetwork) -> tuple[str, ...]:
    """Return the Keras layers of the inference form whose outputs int8 quantizes, each with a range of its own.

    A convolution before a ReLU is not among them (the two are one), nor is a pooling or joining (they keep ranges).
    """
    names: list[str] = []
    for convolution in network.convolutions:
        block, _, branch = convolution.rpartition("_")
        if branch == "3":
            names += [] if network.before_relu(convolution) else [f"{convolution}_conv"]
            names.append(f"{block}_out")
        else:
            names.append(f"{convolution}_relu" if network.before_relu(convolution) else f"{convolution}_conv")
    return tuple(names)


def layer_outputs(network: InferenceNetwork, layers: Sequence[str]) -> Callable[[Batch], list[Values]]:
    """Return a function from a uint8 batch to the outputs of these layers, NHWC float32, in their order."""
    import keras

    graph = inference_form(network)
    model = keras.Model(graph.input, [graph.get_layer(name).output for name in layers])

    def run(batch: Batch) -> list[Values]:
        found = model.predict_on_batch(batch)
        return [np.asarray(values) for values in (found if len(layers) > 1 else [found])]  # Keras unwraps a single one

    return run
