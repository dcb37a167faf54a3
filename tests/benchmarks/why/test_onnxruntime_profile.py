"""A profile written by hand, and what ONNX Runtime itself makes of a model with a float island."""

import json

import onnx
import pytest
from onnx import TensorProto, helper

from benchmarks.why.onnx_nodes import graph_nodes
from benchmarks.why.profiles import onnxruntime
from benchmarks.why.shares import NodeTime, operator_times


def node(name, operator, microseconds, at, provider="CPUExecutionProvider", index="0"):
    about = {"op_name": operator, "provider": provider, "node_index": index}
    return {"cat": "Node", "name": f"{name}_kernel_time", "dur": microseconds, "ts": at, "ph": "X", "args": about}


TEXT = json.dumps(
    [
        {"cat": "Session", "name": "model_run", "dur": 5000, "ts": 0, "ph": "X", "args": {}},
        node("conv", "Conv", 900, at=10),
        node("", "Shape", 800, at=20, index="7"),
        node("conv", "Conv", 70, at=110),
        node("", "Shape", 30, at=120, index="7"),
        {"cat": "Node", "name": "conv_fence_before", "dur": 3, "ts": 121, "ph": "X", "args": {}},
        node("conv", "Conv", 90, at=210),
        node("", "Shape", 20, at=220, index="7"),
    ]
)


def test_a_profile_is_read_without_its_first_run():
    runs = onnxruntime.node_runs(TEXT, skip=1)
    assert [run.time for run in runs] == [
        NodeTime("conv_kernel_time 0", "Conv", 70_000),
        NodeTime("conv_kernel_time 0", "Conv", 90_000),
        NodeTime("_kernel_time 7", "Shape", 30_000),
        NodeTime("_kernel_time 7", "Shape", 20_000),
    ]
    shares = {one.operator: one.share for one in operator_times(run.time for run in runs)}
    assert shares == pytest.approx({"Conv": 80 / 105, "Shape": 25 / 105})


def test_nodes_that_another_provider_ran_are_counted_once():
    gpu = "CUDAExecutionProvider"
    events = [node("a", "Conv", 9, at=at, provider=gpu) for at in (0, 1)]
    events += [node(name, "Shape", 9, at=at) for name in ("b", "c") for at in (2, 3)]
    runs = onnxruntime.node_runs(json.dumps(events), skip=0)
    assert onnxruntime.nodes_elsewhere(runs, gpu) == {"Shape": 2}
    assert onnxruntime.nodes_elsewhere(runs[:2], gpu) == {}


def test_what_onnxruntime_leaves_in_float_is_seen(island, batch, contender):
    why = onnxruntime.profile(island, batch, contender)
    nodes = {one.operator: one.nodes for one in why.operators}
    assert nodes["QLinearConv"] == 2
    assert nodes["Softplus"] == 1
    assert sum(one.share for one in why.operators) == pytest.approx(1)
    assert why.float_islands == 1
    assert why.transposes == nodes.get("Transpose", 0)
    assert why.notes[0].endswith(f"of the time is in {why.operators[0].operator}.")
    assert any(note.endswith("of the time is in integer arithmetic.") for note in why.notes)


def test_what_an_operator_of_onnxruntimes_own_gives():
    """Transpose of bytes, Cast to float, QuantizeLinear, QLinearConv, NhwcMaxPool, DequantizeLinear, FusedGemm."""
    grid = ["scale", "zero"]
    made = [
        helper.make_node("Transpose", ["x"], ["planes"]),
        helper.make_node("Cast", ["planes"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("QuantizeLinear", ["floats", *grid], ["q"]),
        helper.make_node("QLinearConv", ["q", *grid, "w", *grid, *grid], ["c"], domain="com.microsoft"),
        helper.make_node("NhwcMaxPool", ["c"], ["p"], domain="com.microsoft"),
        helper.make_node("DequantizeLinear", ["p", *grid], ["f"]),
        helper.make_node("DequantizeLinear", ["w", *grid], ["constant"]),
        helper.make_node("FusedGemm", ["f", "constant"], ["y"], domain="com.microsoft"),
    ]
    tensors = [("scale", TensorProto.FLOAT), ("zero", TensorProto.UINT8), ("w", TensorProto.UINT8)]
    constants = [onnx.TensorProto(name=name, data_type=kind, dims=[]) for name, kind in tensors]
    source = helper.make_tensor_value_info("x", TensorProto.UINT8, [1, 8, 8, 3])
    graph = helper.make_graph(made, "graph", [source], [], constants)
    assert [(one.operator, one.kind) for one in graph_nodes(graph)] == [
        ("Transpose", "other"),
        ("Cast", "float"),
        ("QuantizeLinear", "quantized"),
        ("QLinearConv", "quantized"),
        ("NhwcMaxPool", "other"),
        ("DequantizeLinear", "other"),
        ("FusedGemm", "float"),
    ]
