"""OpenVINO: its count of every node's time, and its model as it runs, with layouts and precisions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.why.document import OperatorTime, Why
from benchmarks.why.feeding import fit
from benchmarks.why.graph import Kind, Node, float_islands
from benchmarks.why.notes import float_share_note, layout_note, percent, sentence, top_note
from benchmarks.why.shares import NodeTime, operator_times, repeat

SUFFIXES = (".xml", ".onnx")
PACKAGE = "openvino"

_ARITHMETIC = {"Convolution", "Deconvolution", "Eltwise", "FakeQuantize", "FullyConnected", "MatMul"}
_BYTES = {"i8", "u8"}
_FLOATS = {"bf16", "f16", "f32"}
_CHANGERS = {"Reorder", "Transpose"}


@dataclass(frozen=True)
class Layer:
    """A node of the model as OpenVINO runs it, in the words of its ``rt_info``.

    ``inputs``: names of the layers that it reads, less those that compute constants. ``layout``: of its first output,
    such as "acdb".
    """

    name: str
    operator: str
    precision: str
    layout: str
    inputs: tuple[str, ...]


def profile(model: Path, batch: NDArray[np.uint8], contender: Contender) -> Why:
    """Run the model with ``PERF_COUNT`` on, and look at what OpenVINO made of it."""
    import openvino

    core = openvino.Core()
    network = core.read_model(model)
    (source,) = network.inputs
    shape = [side.get_length() if side.is_static else None for side in source.get_partial_shape()]
    feed = fit(batch, shape, source.get_element_type().to_dtype())
    network.reshape(feed.shape)
    compiled = core.compile_model(network, "CPU", _settings(contender))
    request = compiled.create_infer_request()
    runs: list[list[Any]] = []

    def run() -> None:
        request.infer([feed])
        runs.append([node for node in request.get_profiling_info() if node.status.name == "EXECUTED"])

    measured = repeat(run)
    seen = [node for nodes in runs[-measured:] for node in nodes]
    operators = operator_times(
        NodeTime(node.node_name, _label(node), round(node.real_time.total_seconds() * 1e9)) for node in seen
    )
    reference = {_label(node) for node in seen if node.exec_type.startswith("ref")}
    layers = runtime_layers(compiled.get_runtime_model())
    islands = float_islands(layer_nodes(layers))
    layouts = layout_changes(layers)
    changers = {one.operator for one in operators if one.operator.partition(" ")[0] in _CHANGERS}
    return Why(
        operators=operators,
        profiler=f"OpenVINO {openvino.__version__.partition('-')[0]}",
        float_islands=len(islands),
        transposes=len(layouts),
        notes=(
            *top_note(operators),
            *float_share_note(operators, lambda name: name.endswith("I8") and name.partition(" ")[0] in _ARITHMETIC),
            *layout_note(operators, changers, len(layouts)),
            *_reference_notes(operators, reference),
        ),
    )


def runtime_layers(runtime_model: Any) -> tuple[Layer, ...]:
    """Return the layers of an ``openvino.Model`` from ``get_runtime_model``, less those that compute constants."""
    layers: list[Layer] = []
    constants: set[str] = set()
    for op in runtime_model.get_ordered_ops():
        info: Mapping[str, str] = {key: op.rt_info[key].astype(str) for key in op.rt_info}
        name = op.get_friendly_name()
        read = [value.get_source_output().get_node().get_friendly_name() for value in op.inputs()]
        if info["layerType"] == "Const" or (read and constants.issuperset(read)):
            constants.add(name)
            continue
        inputs = tuple(source for source in read if source not in constants)
        layout = info["outputLayouts"].partition(",")[0]
        layers.append(Layer(name, info["layerType"], info["runtimePrecision"], layout, inputs))
    return tuple(layers)


def layer_nodes(layers: Iterable[Layer]) -> tuple[Node, ...]:
    """Return the layers as nodes; what moves bytes that arithmetic made counts as quantized too."""
    kinds: dict[str, Kind] = {}
    nodes = []
    for layer in layers:
        kinds[layer.name] = _kind(layer, {kinds[name] for name in layer.inputs if name in kinds})
        nodes.append(Node(layer.operator, kinds[layer.name], layer.inputs, (layer.name,)))
    return tuple(nodes)


def layout_changes(layers: Iterable[Layer]) -> tuple[str, ...]:
    """Return the names of the Transposes, and of the Reorders whose output lies in another order than their input."""
    layouts: dict[str, str] = {}
    found = []
    for layer in layers:
        layouts[layer.name] = layer.layout
        moved = any(layouts.get(name, layer.layout) != layer.layout for name in layer.inputs)
        if layer.operator == "Transpose" or (layer.operator == "Reorder" and moved):
            found.append(layer.name)
    return tuple(found)


def _kind(layer: Layer, read: set[Kind]) -> Kind:
    if layer.operator in {"Convert", "Input", "Output", "Reorder"}:
        return "other"
    if layer.precision in _BYTES:
        return "quantized" if layer.operator in _ARITHMETIC or "quantized" in read else "other"
    return "float" if layer.precision in _FLOATS else "other"


def _settings(contender: Contender) -> dict[str, str]:
    settings = {"PERFORMANCE_HINT": "LATENCY", "EXECUTION_MODE_HINT": "ACCURACY", "PERF_COUNT": "YES"}
    if contender.threads is not None:
        settings["INFERENCE_NUM_THREADS"] = str(contender.threads)
    return settings


def _label(node: Any) -> str:
    """Return a node's type and the precision of its kernel, which OpenVINO puts at the end of the kernel's name."""
    precision = node.exec_type.rpartition("_")[2]
    return f"{node.node_type} {precision}" if precision.lower() in {*_FLOATS, *_BYTES} else str(node.node_type)


def _reference_notes(operators: Iterable[OperatorTime], reference: set[str]) -> tuple[str, ...]:
    slow = [one for one in operators if one.operator in reference]
    if not slow:
        return ()
    names = ", ".join(one.operator for one in slow)
    return (sentence(f"{percent(sum(one.share for one in slow))} of the time is in reference kernels, for {names}."),)
