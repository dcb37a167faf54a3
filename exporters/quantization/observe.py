"""What flows through the inference graph: the tensors that int8 will quantize, and the inputs of the convolutions."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.resnet50 import Architecture, InferenceNetwork, inference_form

Batch = NDArray[np.uint8]
Values = NDArray[np.float32]


def quantized_layers(arch: Architecture) -> tuple[str, ...]:
    """Return the Keras layers of the inference form whose outputs int8 quantizes, each with a range of its own.

    A convolution before a ReLU is not among them (the two are one), nor is a pooling (it keeps the range).
    """
    names = ["conv1_relu"]
    for convolution in arch.convolutions()[1:]:
        block, _, branch = convolution.rpartition("_")
        names.append(f"{convolution}_relu" if branch in "12" else f"{convolution}_conv")
        if branch == "3":
            names.append(f"{block}_out")
    return tuple(names)


def layer_outputs(network: InferenceNetwork, layers: Sequence[str]) -> Callable[[Batch], list[Values]]:
    """Return a function from a uint8 batch to the outputs of these layers, NHWC float32, in their order."""
    import keras

    graph = inference_form(network)
    model = keras.Model(graph.input, [graph.get_layer(name).output for name in layers])

    def run(batch: Batch) -> list[Values]:
        return [np.asarray(values) for values in model.predict_on_batch(batch)]

    return run
