"""Static quantization in the QDQ form: u8 activations, s8 weights per output channel, the head in float.

    prepared = prepare(...)                                   # exporters.quantization.prepare
    model = quantize(to_onnx(prepared.network, ..., pad_bytes=True), prepared.ranges)

The graph is small and known (Conv, Add, Relu, MaxPool, Concat, then the head), so the quantizer is too: every tensor
between two quantized nodes gets one QuantizeLinear and one DequantizeLinear, what only moves values keeps their scale,
and the uint8 picture goes into the first convolution as it is, through a DequantizeLinear of scale 1 and zero point 0.
Arithmetic as in Jacob et al. 2017 (arXiv:1712.05877).
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exporters.onnx.convert import PIXELS
from exporters.onnx.head import is_head

Range = tuple[float, float]


def quantized_tensors(model: Any, float_layers: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names of the activations that ``quantize`` needs a range for."""
    plan = _Plan(model.graph, float_layers)
    return tuple(sorted({plan.scale_of(name) for name in plan.tensors} - {PIXELS}))


def quantize(
    model: Any,
    ranges: Mapping[str, Range],
    *,
    float_layers: Collection[str] = (),
    weight_limit: int = 127,
) -> Any:
    """Return a quantized copy of a tidy float32 ``onnx.ModelProto``.

    Args:
        model: what ``to_onnx`` returned, with ``pad_bytes``.
        ranges: of each of ``quantized_tensors(model, float_layers)``: lowest and highest value, low <= 0 <= high.
        float_layers: names of convolutions and additions to leave in float32.
        weight_limit: the largest absolute quantized weight, see exporters.quantization.prepare.

    Raises:
        KeyError: a range is missing.
    """
    import onnx

    result = onnx.ModelProto()
    result.CopyFrom(model)
    writer = _Writer(result.graph, _Plan(result.graph, float_layers), ranges, weight_limit)
    writer.write()
    del result.graph.value_info[:]
    onnx.checker.check_model(result, full_check=True)
    return onnx.shape_inference.infer_shapes(result)


_MOVING = {"MaxPool", "Concat"}
"""Nodes that move values and do not change them; what a Concat joins has one scale (quantization.shortcuts)."""
_QUANTIZABLE = {"Conv", "Add"} | _MOVING


class _Plan:
    """Which nodes of a graph are quantized, and which tensors lie between them."""

    def __init__(self, graph: Any, float_layers: Collection[str]) -> None:
        self.nodes = [
            node
            for node in graph.node
            if node.op_type in _QUANTIZABLE and not is_head(node.name) and node.name not in float_layers
        ]
        self.names = {node.name for node in self.nodes}
        self.makers = {output: node for node in graph.node for output in node.output}
        self.read = {node.name: node.input[0] for node in graph.node}
        self.weights = {tensor.name for tensor in graph.initializer}
        consumers: dict[str, list[Any]] = {}
        for node in graph.node:
            for name in node.input:
                consumers.setdefault(name, []).append(node)
        self.consumers = consumers
        self.tensors = {self.settled(node.output[0]) for node in self.nodes} | {
            name for node in self.nodes for name in node.input if name not in self.weights
        }

    def settled(self, name: str) -> str:
        """Return the tensor after the ReLU that alone reads ``name``, or ``name``: the two are quantized as one."""
        readers = self.consumers.get(name, [])
        if len(readers) == 1 and readers[0].op_type == "Relu":
            return str(readers[0].output[0])
        return name

    def scale_of(self, name: str) -> str:
        """Return the tensor whose scale ``name`` has: a node that only moves values hands its input's on."""
        maker = self.makers.get(name)
        if maker is not None and maker.op_type in _MOVING and not is_head(maker.name):
            return self.scale_of(self.read[maker.name])
        return name

    def made_quantized(self, name: str) -> bool:
        """Tell whether ``name`` comes out of a quantized node, directly or through its ReLU."""
        maker = self.makers[name]
        if maker.op_type == "Relu":
            maker = self.makers[self.read[maker.name]]
        return maker.name in self.names


class _Writer:
    """Writes QuantizeLinear and DequantizeLinear around the planned nodes of one graph."""

    def __init__(self, graph: Any, plan: _Plan, ranges: Mapping[str, Range], weight_limit: int) -> None:
        from onnx import numpy_helper

        self.graph, self.plan, self.ranges, self.limit = graph, plan, ranges, weight_limit
        self.float_weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self.before: dict[str, list[Any]] = {}
        self.after: dict[str, list[Any]] = {}

    def write(self) -> None:
        for name in sorted(self.plan.tensors):
            self._activation(name)
        for node in self.plan.nodes:
            if node.op_type == "Conv":
                self._weights(node)
        nodes = []
        for node in self.graph.node:
            direct = node.op_type == "Cast" and node.output[0] == PIXELS and PIXELS in self.plan.tensors
            nodes += self.before.get(node.name, []) + ([] if direct else [node]) + self.after.get(node.name, [])
        del self.graph.node[:]
        self.graph.node.extend(nodes)
        used = {name for node in nodes for name in node.input}
        for tensor in [tensor for tensor in self.graph.initializer if tensor.name not in used]:
            self.graph.initializer.remove(tensor)

    def _constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        if name not in self.float_weights:
            self.graph.initializer.append(numpy_helper.from_array(value, name))
            self.float_weights[name] = value
        return name

    def _activation(self, name: str) -> None:
        from onnx import helper

        owner = self.plan.scale_of(name)
        scale, zero = (np.float32(1), np.uint8(0)) if owner == PIXELS else activation_grid(*self.ranges[owner])
        grid = [self._constant(f"{owner}.scale", np.asarray(scale)), self._constant(f"{owner}.zero", np.asarray(zero))]
        maker = self.plan.makers[name]
        levels, back = f"{name}.u8", f"{name}.dequantized"
        nodes = [helper.make_node("DequantizeLinear", [levels, *grid], [back], name=back)]
        if name == PIXELS and maker.op_type == "Cast":
            nodes[0].input[0] = maker.input[0]
        else:
            nodes.insert(0, helper.make_node("QuantizeLinear", [name, *grid], [levels], name=levels))
        self.after.setdefault(maker.name, []).extend(nodes)
        for reader in self.plan.consumers.get(name, []):
            if reader.name in self.plan.names or self.plan.made_quantized(name):
                source = back if reader.name in self.plan.names else self._shielded(back, reader)
                reader.input[:] = [source if given == name else given for given in reader.input]

    def _shielded(self, back: str, reader: Any) -> str:
        """Return ``back`` (never negative here) through a ReLU, if a convolution in float reads it.

        Between a DequantizeLinear and a QuantizeLinear, ONNX Runtime rounds a convolution's weights to 8 bits by itself
        (its WeightBiasQuantization): a layer that was to stay in float would not.
        """
        from onnx import helper

        if reader.op_type != "Conv":
            return back
        shield = f"{reader.name}.shield"
        self.before.setdefault(reader.name, []).append(helper.make_node("Relu", [back], [shield], name=shield))
        return shield

    def _weights(self, node: Any) -> None:
        kernel, *given = (self.float_weights[name] for name in node.input[1:])
        bias = given[0] if given else np.zeros(len(kernel), np.float32)  # the converter leaves zeros out
        scales = weight_scales(kernel, self.limit)
        levels = np.clip(np.rint(kernel / scales[:, None, None, None]), -self.limit, self.limit).astype(np.int8)
        source = self.plan.scale_of(self.plan.read[node.name])
        step = float(self.float_weights[f"{source}.scale"]) * scales.astype(np.float64)
        offset = np.clip(np.rint(bias / step), -(2**31), 2**31 - 1).astype(np.int32)
        node.input[1:] = [
            self._dequantized(node, "kernel", levels, scales),
            self._dequantized(node, "bias", offset, step.astype(np.float32)),
        ]

    def _dequantized(self, node: Any, role: str, levels: NDArray[Any], scales: NDArray[np.float32]) -> str:
        """Put ``levels`` and a DequantizeLinear, one scale per output channel, before ``node``; return its output."""
        from onnx import helper

        name = f"{node.name}.{role}"
        parts = [
            self._constant(f"{name}.levels", levels),
            self._constant(f"{name}.scale", scales),
            self._constant(f"{name}.zero", np.zeros(len(scales), levels.dtype)),
        ]
        back = f"{name}.dequantized"
        dequantize = helper.make_node("DequantizeLinear", parts, [back], name=back, axis=0)
        self.before.setdefault(node.name, []).append(dequantize)
        return back


def activation_grid(low: float, high: float) -> tuple[np.float32, np.uint8]:
    """Return scale and zero point of the 256 levels over [low, high], zero being one of them.

    A range of no width (a tensor that is always zero) gets scale 1.
    """
    scale = np.float32((high - low) / 255) or np.float32(1)
    return scale, np.uint8(np.clip(np.rint(-low / scale), 0, 255))


def weight_scales(kernel: NDArray[np.float32], limit: int) -> NDArray[np.float32]:
    """Return one scale per output channel of an OIHW kernel, so that its largest weight is ``limit`` levels.

    A channel without weights gets scale 1.
    """
    largest = np.abs(kernel).reshape(len(kernel), -1).max(axis=1)
    return np.where(largest > 0, largest / limit, 1).astype(np.float32)
