"""Smaller numbers, by litert-quantizer, with the ranges and the levels that every format of rct shares.

    small = quantize(graph, "int8", ranges)

The recipes, in the quantizer's own words: weight-only float16; ``static_wi8_ai8`` and ``static_wi8_ai16`` (int8
weights per output channel, activations of 8 or 16 bits); ``dynamic_wi8_afp32``. The head stays in float32. Arithmetic
as in LiteRT's quantization specification: activations of 8 bits have a zero point, those of 16 are symmetric.
"""

import io
import re
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exporters.litert.convert import ENTRY, is_head
from exporters.litert.graph import Graph

Range = tuple[float, float]
ACTIVATION_BITS = {"int8": 8, "int16x8": 16}
"""The recipes that need the range of every activation."""
_ENTRY_RANGES: Mapping[int, Range] = {8: (0.0, 255.0), 16: (-(2**15 - 1) / 128, (2**15 - 1) / 128)}
"""What makes the step of a pixel a power of two: 1 and 1/128."""
_HEADROOM: Mapping[int, float] = {8: 1.0, 16: 4.0}
"""Ranges may leave out rare values, since 8 bits cannot afford them; of 16 bits, two go to those."""
_PASSING = {"PAD", "MAX_POOL_2D", "DEPTHWISE_CONV_2D", "CONCATENATION"}
"""Operators that move values and do not change them; the depthwise convolution is one of ones."""


def quantize(graph: Graph, recipe: str, ranges: Mapping[str, Range], float_layers: Collection[str] = ()) -> Graph:
    """Return a quantized copy of what ``to_litert`` returned.

    Args:
        graph: float32, from the entry of the first convolution on.
        recipe: ``fp16``, ``int8``, ``int8-dynamic`` or ``int16x8``.
        ranges: for ``ACTIVATION_BITS``, lowest and highest value by Keras layer (Job.ranges).
        float_layers: names of convolutions and additions to leave in float32.

    Raises:
        KeyError: a range is missing.
    """
    from litert_quantizer.quantizer import Quantizer

    quantizer = Quantizer(graph.content())
    _plan(quantizer, recipe)
    kept = [graph.name(op.outputs[0]) for op in graph.operators if _stays(graph, op, float_layers)]
    quantizer.update_quantization_recipe(f"^({'|'.join(map(re.escape, kept))});", "*", None, "no_quantize")
    statistics = _statistics(graph, ranges, ACTIVATION_BITS[recipe]) if recipe in ACTIVATION_BITS else None
    with _quiet():
        result = quantizer.quantize(statistics, enable_progress_bar=False, enable_progress_report=False)
    small = Graph(bytes(result.quantized_model))
    small.declare(
        [(ENTRY, small.subgraph.inputs[0])], [(graph.name(graph.subgraph.outputs[0]), small.subgraph.outputs[0])]
    )
    return small


def _plan(quantizer: Any, recipe: str) -> None:
    from litert_quantizer.qtyping import TFLOperationName as Kind

    if recipe in ACTIVATION_BITS:
        quantizer.add_static_config(".*", Kind.ALL_SUPPORTED, ACTIVATION_BITS[recipe], 8)
    elif recipe == "fp16":
        quantizer.add_weight_only_config(".*", Kind.CONV_2D, 16, algorithm_key="float_casting")
    else:
        quantizer.add_dynamic_config(".*", Kind.CONV_2D, 8)


def _stays(graph: Graph, operator: Any, float_layers: Collection[str]) -> bool:
    """Tell whether an operator stays in float: the head, and what was asked for, under the name of its Keras layer."""
    output = graph.name(operator.outputs[0])
    layers = {output, output.removesuffix("_out") + "_add"}
    if graph.kind(operator) == "CONV_2D":
        layers.add(output.removesuffix("_relu") + "_conv")
    return is_head(output) or not layers.isdisjoint(float_layers)


def _statistics(graph: Graph, ranges: Mapping[str, Range], bits: int) -> dict[str, dict[str, NDArray[np.float32]]]:
    """Return what the quantizer would have found by calibrating: a range for every activation and every kernel."""
    found = {ENTRY: _ENTRY_RANGES[bits]}
    kernels = {}
    for operator in graph.operators:
        name = graph.name(operator.outputs[0])
        if is_head(name):
            continue
        source = found[graph.name(operator.inputs[0])]
        if graph.kind(operator) in _PASSING:
            found[name] = source
            continue
        low, high = (_HEADROOM[bits] * end for end in ranges[name])
        found[name] = (low, high) if high > low else (0.0, 1.0)
        if graph.kind(operator) == "CONV_2D":
            kernels[graph.name(operator.inputs[1])] = _kernel_limits(graph, operator, _step(source, bits))
    statistics = {name: _limits(np.array(low), np.array(high)) for name, (low, high) in found.items()}
    return statistics | {name: _limits(-limit, limit) for name, limit in kernels.items()}


def _step(limits: Range, bits: int) -> float:
    low, high = limits
    return (high - low) / 255 if bits == 8 else max(-low, high) / (2**15 - 1)


def _kernel_limits(graph: Graph, operator: Any, step: float) -> NDArray[np.float64]:
    """Return the value of level 127, per output channel [outputs, 1, 1, 1]: the largest weight, as long as it is one.

    A bias is stored in steps of input times weight, in 32 bits. Beside the bias of a channel that folding a batch norm
    left without weights worth the name, they become zero.
    """
    kernel, bias = (graph.values(index) for index in operator.inputs[1:3])
    if kernel is None or bias is None:
        raise AssertionError(f"{graph.name(operator.outputs[0])}: expected weights that are stored")
    largest = np.abs(kernel).max(axis=(1, 2, 3)).astype(np.float64)
    floor = 127 * np.maximum(np.abs(bias.astype(np.float64)) / step / 2**30, 1e-9)
    return np.asarray(np.maximum(largest, floor)).reshape(-1, 1, 1, 1)


def _limits(low: NDArray[np.floating], high: NDArray[np.floating]) -> dict[str, NDArray[np.float32]]:
    shape = low.shape if low.ndim else (1, 1, 1, 1)
    return {"min": low.astype(np.float32).reshape(shape), "max": high.astype(np.float32).reshape(shape)}


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the quantizer's progress, and a warning about an interpreter of its own, out of the user's terminal."""
    with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
        warnings.filterwarnings("ignore", "Warning: Enabling `experimental_preserve_all_tensors`", UserWarning)
        yield
