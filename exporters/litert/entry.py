"""What stands between the picture, uint8 RGB, and the first convolution."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from exporters.litert.convert import OUTPUT
from exporters.litert.first import FirstConvolution
from exporters.litert.graph import Graph, Grid
from exporters.quantization.neutral import neutral_pixel
from models.preprocessing import Preprocessing

INPUT = "image"
PIXELS = Grid(1.0, 0)
"""A byte stands for itself."""
SIGNED = Grid(1.0, -128)
"""The same values in signed bytes, as LiteRT's int8 kernels want them."""


def enter_floats(graph: Graph, rule: Preprocessing, batch: int | None) -> None:
    """Put the picture before a graph that reads centred pixels: bytes to float32, minus the neutral pixel.

    A dequantization of scale 1 is a cast that XNNPACK takes; the neutral pixel is repeated along a row, because adding
    three numbers at a time is slow.
    """
    entry = graph.subgraph.inputs[0]
    size, height, width, _ = graph.shape(entry)
    image = _image(graph, (size, height, width, 3), batch)
    pixels = graph.activation("pixels", (size, height, width, 3), np.float32)
    row = np.tile(-neutral_pixel(rule)[:3].astype(np.float32), width).reshape(1, 1, width, 3)
    graph.operators = [
        graph.operator("DEQUANTIZE", [image], [pixels], "DequantizeOptions"),
        graph.operator(
            "ADD", [pixels, graph.constant("minus_neutral", row)], [entry], "AddOptions", potScaleInt16=False
        ),
        *graph.operators,
    ]
    _declare(graph, image)


def enter_bytes(graph: Graph, first: FirstConvolution, batch: int | None) -> None:
    """Put the picture before a quantized graph that reads pixels with their constant, singly or in pairs.

    Nothing is rounded on the way: bytes become signed bytes, constants of 255 are appended, and 16-bit activations
    are the same whole numbers in steps of 1/128. From one kind of integer to another the way is through float32:
    XNNPACK does that in a tenth of the time of going there directly, and older interpreters know none from 8 to 16.
    """
    entry = graph.subgraph.inputs[0]
    size = graph.shape(entry)[0]
    height, width, channels = first.reads
    pair = channels // 4
    image = _image(graph, (size, height, width * pair, 3), batch)
    current = graph.activation("signed", (size, height, width * pair, 3), np.int8, SIGNED)
    operators = _requantize(graph, image, current, "pixels")
    if pair > 1:
        shape = (height, width, 3 * pair)
        target = graph.constant("pairs.shape", np.array([-1, *shape], np.int32))
        pairs = graph.activation("pairs", (size, *shape), np.int8, SIGNED)
        operators.append(graph.operator("RESHAPE", [current, target], [pairs], "ReshapeOptions", newShape=[-1, *shape]))
        current = pairs
    wide = graph.dtype(entry) != np.int8
    constants = graph.activation("with_constant", (size, *first.reads), np.int8, SIGNED) if wide else entry
    operators.append(_append_255(graph, current, constants, pair))
    if wide:
        operators += _requantize(graph, constants, entry, "real")
    graph.operators = [*operators, *graph.operators]
    _declare(graph, image)


def _requantize(graph: Graph, source: int, target: int, between: str) -> list[Any]:
    real = graph.activation(between, graph.shape(source), np.float32)
    return [
        graph.operator("DEQUANTIZE", [source], [real], "DequantizeOptions"),
        graph.operator("QUANTIZE", [real], [target], "QuantizeOptions"),
    ]


def _append_255(graph: Graph, source: int, target: int, count: int) -> Any:
    around = graph.constant("constant.pads", np.array([[0, 0], [0, 0], [0, 0], [0, count]], np.int32))
    value = graph.constant("constant.value", np.array(255 + SIGNED.zero, np.int8), SIGNED)
    return graph.operator("PADV2", [source, around, value], [target], "PadV2Options")


def _image(graph: Graph, shape: Sequence[int], batch: int | None) -> int:
    return graph.activation(INPUT, shape, np.uint8, PIXELS, free=batch is None)


def _declare(graph: Graph, image: int) -> None:
    graph.declare([(INPUT, image)], [(OUTPUT, graph.subgraph.outputs[0])])
