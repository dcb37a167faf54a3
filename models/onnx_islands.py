"""Where a quantized (QDQ) ONNX graph computes in float.

ONNX Runtime's CPU provider fuses *DequantizeLinear, operator, QuantizeLinear* into one integer kernel. Whatever it
cannot fuse runs in float, with a conversion on each side: an island in the middle of a graph costs more than it
seems. A float head at the end is as it should be. An operator with float weights counts as float, though recent
ONNX Runtimes quantize them when they load the graph: other runtimes do not.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Place = Literal["start", "middle", "end", "whole"]

_WEIGHTED = {"Conv", "ConvTranspose", "Gemm", "MatMul"}
_ALL_QUANTIZED = {*_WEIGHTED, "Add", "Sub", "Mul", "Div", "Concat", "Where"}
"""Fused only when every input is dequantized; of the operators below, the first input alone decides."""

_FUSED = {
    *_ALL_QUANTIZED,
    *("ArgMax", "AveragePool", "DepthToSpace", "Expand", "Flatten", "Gather", "GlobalAveragePool", "LeakyRelu"),
    *("MaxPool", "Pad", "ReduceMean", "Reshape", "Resize", "Sigmoid", "Slice", "Softmax", "Split", "Squeeze"),
    *("Transpose", "Unsqueeze"),
}
_ABSORBED = {"Clip", "Relu"}  # an activation that the QuantizeLinear behind it takes over


@dataclass(frozen=True)
class FloatRegion:
    """Nodes that compute in float and touch each other.

    ``place``: "middle" between quantized operators (an island), "start" from the graph's input up to the first
    QuantizeLinear, "end" from the last DequantizeLinear to the graph's output, "whole" where neither is in the way.
    """

    place: Place
    nodes: tuple[str, ...]
    operators: tuple[str, ...]


def float_regions(model: Any) -> tuple[FloatRegion, ...]:
    """Return the float regions of an ``onnx.ModelProto``, in the graph's order; none for a graph that is not QDQ."""
    import onnx

    graph = onnx.shape_inference.infer_shapes(model).graph
    wiring = _Wiring.of(graph)
    if not wiring.quantized:
        return ()
    return tuple(
        FloatRegion(
            place=_place(group, wiring),
            nodes=tuple(node.name or node.output[0] for node in group),
            operators=tuple(node.op_type for node in group),
        )
        for group in _groups(graph, wiring)
        if not _is_fused(group, wiring)
    )


@dataclass(frozen=True)
class _Wiring:
    """Who makes and who takes each tensor.

    ``quantized``: the activations that come out of a DequantizeLinear. ``integers``: tensors that are no float.
    """

    makers: dict[str, Any]
    takers: dict[str, list[Any]]
    constants: frozenset[str]
    quantized: frozenset[str]
    results: frozenset[str]
    integers: frozenset[str]

    @classmethod
    def of(cls, graph: Any) -> "_Wiring":
        makers = {name: node for node in graph.node for name in node.output}
        takers: dict[str, list[Any]] = defaultdict(list)
        constants = {tensor.name for tensor in graph.initializer}
        quantized = set()
        for node in graph.node:
            for name in node.input:
                takers[name].append(node)
            if node.op_type == "Constant" or (node.op_type in _CONVERTERS and node.input[0] in constants):
                constants.update(node.output)
            elif node.op_type == "DequantizeLinear":
                quantized.update(node.output)
        results = frozenset(value.name for value in graph.output)
        return cls(makers, takers, frozenset(constants), frozenset(quantized), results, frozenset(_integers(graph)))


def _integers(graph: Any) -> Iterator[str]:
    from onnx import TensorProto

    floats = {TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE}
    for value in (*graph.value_info, *graph.output):
        if value.type.tensor_type.elem_type not in floats:
            yield value.name


_CONVERTERS = {"DequantizeLinear", "QuantizeLinear"}


def _groups(graph: Any, wiring: _Wiring) -> list[list[Any]]:
    """Return the float nodes, those that touch each other together."""
    order = {id(node): index for index, node in enumerate(graph.node)}
    floats = {
        index: node
        for index, node in enumerate(graph.node)
        if node.op_type not in _CONVERTERS and not set(node.output) <= wiring.constants | wiring.integers
    }
    seen: set[int] = set()
    groups = []
    for start in floats:
        if start in seen:
            continue
        group, waiting = [], [start]
        seen.add(start)
        while waiting:
            index = waiting.pop()
            group.append(index)
            neighbours = [wiring.makers[name] for name in floats[index].input if name in wiring.makers]
            neighbours += [taker for name in floats[index].output for taker in wiring.takers[name]]
            for neighbour in (order[id(node)] for node in neighbours):
                if neighbour in floats and neighbour not in seen:
                    seen.add(neighbour)
                    waiting.append(neighbour)
        groups.append([floats[index] for index in sorted(group)])
    return groups


def _is_fused(group: list[Any], wiring: _Wiring) -> bool:
    """Whether ONNX Runtime makes one integer kernel of these nodes and the converters around them."""
    last = group[-1]
    if not all(_only_quantized_takers(name, wiring) for name in last.output):
        return False
    core = group[:-1] if last.op_type in _ABSORBED else group
    if not core:
        return last.input[0] in wiring.quantized
    if len(core) > 1 or core[0].op_type not in _FUSED:
        return False
    read = [name for name in core[0].input if name]
    decisive = read if core[0].op_type in _ALL_QUANTIZED else read[:1]
    return all(name in wiring.quantized or _is_dequantized_constant(name, wiring) for name in decisive)


def _only_quantized_takers(name: str, wiring: _Wiring) -> bool:
    takers = wiring.takers[name]
    return name not in wiring.results and bool(takers) and all(node.op_type == "QuantizeLinear" for node in takers)


def _is_dequantized_constant(name: str, wiring: _Wiring) -> bool:
    return name in wiring.constants and name in wiring.makers and wiring.makers[name].op_type == "DequantizeLinear"


def _place(group: list[Any], wiring: _Wiring) -> Place:
    before = any(name in wiring.quantized for node in group for name in node.input)
    after = any(
        taker.op_type == "QuantizeLinear" for node in group for name in node.output for taker in wiring.takers[name]
    )
    if before:
        return "middle" if after else "end"
    return "start" if after else "whole"
