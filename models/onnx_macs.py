"""Multiply-accumulates of an ONNX graph, from the shapes that ONNX infers for a batch of one."""

from collections.abc import Iterator
from math import prod
from typing import Any

_WEIGHT_INPUT = {"Conv": 1, "ConvInteger": 1, "QLinearConv": 3, "ConvTranspose": 1}
_PRODUCTS = {"Gemm", "MatMul", "MatMulInteger", "QLinearMatMul"}


def multiply_accumulates(model: Any) -> int | None:
    """Count those of one picture in an ``onnx.ModelProto``; None where a shape that matters cannot be inferred.

    Weights are not needed: the dimensions of the initializers are enough.
    """
    import onnx

    single = onnx.ModelProto()
    single.CopyFrom(model)
    del single.graph.value_info[:]
    batch = 1
    for value in fed_inputs(single.graph):
        first = value.type.tensor_type.shape.dim[:1]
        if first and first[0].dim_value:
            batch = max(batch, first[0].dim_value)
        elif first:
            first[0].dim_value = 1
    for value in single.graph.output:
        value.type.tensor_type.ClearField("shape")
    try:
        inferred = onnx.shape_inference.infer_shapes(single, data_prop=True).graph
    except onnx.shape_inference.InferenceError:
        return None
    shapes = dict(_shapes(inferred))
    total = 0
    for node in inferred.node:
        macs = _node_macs(node, shapes)
        if macs is None:
            return None
        total += macs
    return total // batch


def _shapes(graph: Any) -> Iterator[tuple[str, tuple[int, ...]]]:
    for tensor in graph.initializer:
        yield tensor.name, tuple(tensor.dims)
    for value in (*graph.input, *graph.value_info, *graph.output):
        sizes = value.type.tensor_type.shape.dim
        if value.type.tensor_type.HasField("shape") and all(size.HasField("dim_value") for size in sizes):
            yield value.name, tuple(size.dim_value for size in sizes)


def _node_macs(node: Any, shapes: dict[str, tuple[int, ...]]) -> int | None:
    if node.op_type in _WEIGHT_INPUT:
        return _convolution_macs(node, shapes)
    if node.op_type in _PRODUCTS:
        left, result = shapes.get(node.input[0]), shapes.get(node.output[0])
        if left is None or result is None:
            return None
        transposed = any(attribute.name == "transA" and attribute.i for attribute in node.attribute)
        return prod(result) * (left[0] if transposed else left[-1])
    return 0


def _convolution_macs(node: Any, shapes: dict[str, tuple[int, ...]]) -> int | None:
    weight = shapes.get(node.input[_WEIGHT_INPUT[node.op_type]])
    moved = node.input[0] if node.op_type == "ConvTranspose" else node.output[0]
    places = shapes.get(moved)
    return None if weight is None or places is None else prod(places) * prod(weight[1:])


def fed_inputs(graph: Any) -> Iterator[Any]:
    """Yield the inputs of an ``onnx.GraphProto`` that the caller feeds: those that no initializer fills."""
    filled = {tensor.name for tensor in graph.initializer}
    yield from (value for value in graph.input if value.name not in filled)
