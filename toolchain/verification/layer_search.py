"""Where an ONNX bundle departs from its original: the layers of both, side by side.

The original is taken as the inference graph that every format is made from (exporters.deploy): its layers have the
names and the sizes of the bundle's, which those of the trained network, with its strides elsewhere, do not.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.layers import LayerOutputs, compare_layers, first_departure
from benchmarks.onnx_layers import layer_outputs
from models.bundle import Bundle
from models.errors import UserError
from models.picture_sizes import as_input
from models.pictures import read_batches
from toolchain.output import Progress
from toolchain.verification.examples import Examples
from toolchain.verification.report import LayerRow, LayerSearch

_PICTURES = 8  # all layers of a batch are in memory at once


def search_layers(
    bundle: Bundle, originals: Sequence[Bundle], examples: Examples, limit: float, progress: Progress
) -> LayerSearch:
    """Compare the outputs of every layer on the first few examples, and name the first beyond ``limit``.

    ``limit`` is on the relative error ``|c - o| / |o|`` of a layer's output.

    Raises:
        NetworkError: an original is not the network that its spec says.
        UserError: none of the examples can be read, or an original is not a Keras classifier.
    """
    from exporters.deploy import deploy
    from models.resnet50 import inference_form

    others = [original for original in originals if original.manifest.format != "keras"]
    if others:
        problem = f"needs a Keras original (got {others[0].manifest.format})"
        raise UserError("--by-layer", problem, "Name the classifier that the bundle was made from with --original.")
    progress("comparing layer by layer")
    batches = (batch.pixels for batch in read_batches(examples.paths, bundle.manifest.spec.preprocessing, _PICTURES))
    some = [batch for batch in islice(batches, 1) if len(batch)]
    inside = layer_outputs(bundle.model)
    rows = compare_layers(
        keras_layer_outputs(inference_form(deploy(originals))),
        lambda batch: inside(as_input(batch, bundle.manifest)),
        some,
    )
    departure = first_departure(rows, limit)
    return LayerSearch(
        limit=limit,
        layers=tuple(LayerRow(name=row.name, relative_error=_number(row.relative_error)) for row in rows),
        departs=departure.name if departure else None,
    )


def keras_layer_outputs(model: Any) -> LayerOutputs:
    """Return a function from uint8 pictures [n, height, width, 3] to the float32 output of every layer of ``model``."""
    import keras

    outputs = {layer.name: layer.output for layer in model.layers}
    probe = keras.Model(model.input, outputs)

    def run(batch: NDArray[np.uint8]) -> Mapping[str, NDArray[Any]]:
        return {name: np.asarray(value, np.float32) for name, value in probe.predict_on_batch(batch).items()}

    return run


def _number(value: float) -> float | None:
    return value if isfinite(value) else None
