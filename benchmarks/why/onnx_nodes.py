"""The nodes of an ONNX graph as ONNX Runtime optimized and saved it, its own operators included.

ONNX does not know those operators, so the types of tensors are told here, from the graph's inputs on.
"""

from collections.abc import Iterator
from typing import Any

from benchmarks.why.graph import Kind, Node

_INTEGER_ARITHMETIC = {"ConvInteger", "DynamicQuantizeMatMul", "MatMulInteger", "MatMulIntegerToFloat", "QGemm"}
_MAKES_INTEGERS = {"DynamicQuantizeLinear", "QuantizeLinear"}
_MAKES_FLOATS = {"DequantizeLinear", "DynamicQuantizeMatMul", "MatMulIntegerToFloat"}
_NO_NUMBERS = {"And", "ArgMax", "ArgMin", "Equal", "Greater", "Less", "NonZero", "Not", "Or", "Shape", "Size"}
LAYOUT_CHANGES = {"ReorderInput", "ReorderOutput", "Transpose"}
"""Transposes, and the changes into and out of ONNX Runtime's blocked layout."""


def graph_nodes(graph: Any) -> tuple[Node, ...]:
    """Return the nodes of an ``onnx.GraphProto`` in its order, less those that compute constants."""
    return tuple(_nodes(graph))


def is_integer_arithmetic(operator: str) -> bool:
    """Return whether ONNX Runtime computes this operator on integers."""
    return operator in _INTEGER_ARITHMETIC or operator.startswith("QLinear")


def _nodes(graph: Any) -> Iterator[Node]:
    constants = {tensor.name for tensor in graph.initializer} | {""}
    floats = {value.name for value in (*graph.input, *graph.initializer) if _is_float(value)}
    for node in graph.node:
        makes_float = _makes_float(node, floats)
        if makes_float:
            floats.update(node.output)
        if constants.issuperset(node.input):
            constants.update(node.output)
            continue
        yield Node(node.op_type, _kind(node.op_type, makes_float), tuple(node.input), tuple(node.output))


def _is_float(value: Any) -> bool:
    from onnx import TensorProto

    kind = value.data_type if isinstance(value, TensorProto) else value.type.tensor_type.elem_type
    return kind in {TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE}


def _makes_float(node: Any, floats: set[str]) -> bool:
    from onnx import TensorProto

    operator = node.op_type
    if operator in _MAKES_FLOATS:
        return True
    if operator in _MAKES_INTEGERS | _NO_NUMBERS or is_integer_arithmetic(operator):
        return False
    if operator == "Cast":
        (target,) = (attribute.i for attribute in node.attribute if attribute.name == "to")
        return target in {TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE}
    decisive = node.input[1:2] if operator == "Where" else node.input[:1]
    return not floats.isdisjoint(decisive)


def _kind(operator: str, makes_float: bool) -> Kind:
    if operator in _MAKES_INTEGERS or is_integer_arithmetic(operator):
        return "quantized"
    return "float" if makes_float and operator != "DequantizeLinear" else "other"
