"""Graph statistics against hand counts, and islands against what ONNX Runtime itself makes of a QDQ graph."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from models.errors import BundleError
from models.onnx_graph import graph_statistics


def weights(name, *shape, seed=0):
    values = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    return numpy_helper.from_array(values, name)


def save(path, nodes, initializers, inputs, outputs, opset=20):
    graph = helper.make_graph(nodes, "graph", inputs, outputs, initializers)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10, producer_name="test"
    )
    helper.set_model_props(model, {"labels": "red,green"})
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


def value(name, *shape, dtype=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, dtype, shape)


@pytest.fixture
def small(tmp_path) -> Path:
    """[n, 3, 8, 8] -> Conv 4x3x3x3, stride 2, pad 1 -> Relu -> Conv 4, depthwise -> mean -> Gemm 4x2 -> Sigmoid."""
    nodes = [
        helper.make_node("Conv", ["x", "w1", "b1"], ["c1"], "conv1", strides=[2, 2], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c1"], ["r1"], "relu1"),
        helper.make_node("Conv", ["r1", "w2"], ["c2"], "conv2", group=4, pads=[1, 1, 1, 1]),
        helper.make_node("GlobalAveragePool", ["c2"], ["p"], "pool"),
        helper.make_node("Reshape", ["p", "shape"], ["flat"], "flatten"),
        helper.make_node("Gemm", ["flat", "w3", "b3"], ["logits"], "dense"),
        helper.make_node("Sigmoid", ["logits"], ["scores"], "sigmoid"),
    ]
    initializers = [
        weights("w1", 4, 3, 3, 3),
        weights("b1", 4),
        weights("w2", 4, 1, 3, 3),
        weights("w3", 4, 2),
        weights("b3", 2),
        numpy_helper.from_array(np.array([-1, 4], np.int64), "shape"),
    ]
    return save(tmp_path / "small.onnx", nodes, initializers, [value("x", "n", 3, 8, 8)], [value("scores", "n", 2)])


def quantize(source, target, operators):
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    class Noise(CalibrationDataReader):
        def __init__(self):
            chance = np.random.default_rng(1)
            self.batches = iter([{"x": chance.normal(size=(1, 3, 8, 8)).astype(np.float32)} for _ in range(4)])

        def get_next(self):
            return next(self.batches, None)

    quantize_static(
        str(source),
        str(target),
        Noise(),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=operators,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )
    return target


def optimized_by_onnxruntime(path, target):
    import onnxruntime as ort

    settings = ort.SessionOptions()
    settings.optimized_model_filepath = str(target)
    settings.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    settings.log_severity_level = 4
    ort.InferenceSession(str(path), settings, providers=["CPUExecutionProvider"])
    return [node.op_type for node in onnx.load(target).graph.node]


def test_counts_of_a_float_graph(small):
    statistics = graph_statistics(small)
    assert statistics.operators == {
        "Conv": 2, "Gemm": 1, "GlobalAveragePool": 1, "Relu": 1, "Reshape": 1, "Sigmoid": 1
    }  # fmt: skip
    assert statistics.nodes == 7
    assert (statistics.opset, statistics.ir_version, statistics.producer) == (20, 10, "test")
    assert statistics.metadata == {"labels": "red,green"}
    assert statistics.inputs == {"x": "float32[n, 3, 8, 8]"}
    assert statistics.outputs == {"scores": "float32[n, 2]"}
    assert statistics.parameters == 4 * 27 + 4 + 4 * 9 + 8 + 2
    assert statistics.parameter_bytes == 4 * statistics.parameters
    # conv1: 4x4 places of 4 channels, 27 products each; conv2: the same places, 9 each; dense: 4 by 2.
    assert statistics.macs == 64 * 27 + 64 * 9 + 8
    assert statistics.float_regions == ()


def test_multiply_accumulates_are_per_picture(small, tmp_path):
    model = onnx.load(small)
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 16
    del model.graph.output[0].type.tensor_type.shape.dim[:]
    onnx.save(model, tmp_path / "sixteen.onnx")
    assert graph_statistics(tmp_path / "sixteen.onnx").macs == graph_statistics(small).macs


def test_a_transposed_convolution_counts_from_its_input(tmp_path):
    nodes = [helper.make_node("ConvTranspose", ["x", "w"], ["y"], strides=[2, 2])]
    path = save(
        tmp_path / "t.onnx", nodes, [weights("w", 3, 5, 2, 2)], [value("x", 1, 3, 8, 8)], [value("y", 1, 5, 16, 16)]
    )
    assert graph_statistics(path).macs == 3 * 64 * 5 * 4


def test_unknown_shapes_give_no_count(tmp_path):
    nodes = [helper.make_node("NonZero", ["x"], ["i"]), helper.make_node("Cast", ["i"], ["f"], to=TensorProto.FLOAT)]
    nodes.append(helper.make_node("MatMul", ["f", "f"], ["y"]))
    path = save(tmp_path / "u.onnx", nodes, [], [value("x", 4, 4)], [value("y", "a", "b")])
    assert graph_statistics(path).macs is None
    assert graph_statistics(path).operators["Cast"] == 1


def test_everything_quantized_has_no_island(small, tmp_path):
    path = quantize(small, tmp_path / "all.onnx", None)
    statistics = graph_statistics(path)
    assert statistics.float_islands == ()
    assert statistics.macs == graph_statistics(small).macs
    # int8 weights, int32 biases: what is learnt is the same in number and smaller in bytes.
    assert statistics.parameters == graph_statistics(small).parameters
    assert statistics.parameter_bytes == (4 * 27 + 4 * 9 + 8) + 4 * (4 + 2)


def test_a_float_head_is_no_island(small, tmp_path):
    path = quantize(small, tmp_path / "head.onnx", ["Conv"])
    statistics = graph_statistics(path)
    assert statistics.float_islands == ()
    (head,) = statistics.float_regions
    assert head.place == "end"
    assert head.operators == ("GlobalAveragePool", "Reshape", "Gemm", "Sigmoid")
    ours = {name for region in statistics.float_regions for name in region.operators}
    assert "Conv" not in optimized_by_onnxruntime(path, tmp_path / "optimized.onnx")
    assert "Conv" not in ours


@pytest.fixture
def with_an_island(tmp_path):
    """Conv -> Softplus, which no integer kernel computes -> Conv."""
    nodes = [
        helper.make_node("Conv", ["x", "w1"], ["c1"], "conv1"),
        helper.make_node("Softplus", ["c1"], ["s"], "softplus"),
        helper.make_node("Conv", ["s", "w2"], ["y"], "conv2"),
    ]
    initializers = [weights("w1", 4, 3, 1, 1), weights("w2", 2, 4, 1, 1)]
    return save(tmp_path / "plain.onnx", nodes, initializers, [value("x", 1, 3, 8, 8)], [value("y", 1, 2, 8, 8)])


def test_an_island_is_where_onnxruntime_stays_in_float(with_an_island, tmp_path):
    path = quantize(with_an_island, tmp_path / "qdq.onnx", ["Conv"])
    (island,) = graph_statistics(path).float_islands
    assert (island.place, island.operators, island.nodes) == ("middle", ("Softplus",), ("softplus",))
    optimized = optimized_by_onnxruntime(path, tmp_path / "optimized.onnx")
    assert sorted(set(optimized) - {"QuantizeLinear", "DequantizeLinear"}) == ["QLinearConv", "Softplus"]


def test_a_convolution_with_float_weights_is_an_island(with_an_island, tmp_path):
    path = quantize(with_an_island, tmp_path / "qdq.onnx", ["Conv", "Softplus"])
    model = onnx.load(path)
    (second,) = [node for node in model.graph.node if node.name.startswith("conv2")]
    second.input[1] = "w2"
    model.graph.initializer.append(weights("w2", 2, 4, 1, 1))
    onnx.save(model, path)
    assert [region.operators for region in graph_statistics(path).float_islands] == [("Softplus",), ("Conv",)]


def test_an_activation_before_quantizing_belongs_to_its_operator(tmp_path):
    scale = numpy_helper.from_array(np.array(0.1, np.float32), "scale")
    zero = numpy_helper.from_array(np.array(0, np.uint8), "zero")
    grid = ["scale", "zero"]
    nodes = [
        helper.make_node("QuantizeLinear", ["x", *grid], ["xq"]),
        helper.make_node("DequantizeLinear", ["xq", *grid], ["xd"]),
        helper.make_node("Add", ["xd", "xd"], ["sum"], "add"),
        helper.make_node("Relu", ["sum"], ["positive"], "relu"),
        helper.make_node("QuantizeLinear", ["positive", *grid], ["yq"]),
        helper.make_node("DequantizeLinear", ["yq", *grid], ["y"]),
    ]
    path = save(tmp_path / "add.onnx", nodes, [scale, zero], [value("x", 1, 4)], [value("y", 1, 4)])
    assert graph_statistics(path).float_regions == ()
    assert "QLinearAdd" in optimized_by_onnxruntime(path, tmp_path / "optimized.onnx")


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x00" * 100, b"\x08\x0a"])
def test_not_a_model(tmp_path, content):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(BundleError, match="not an ONNX model"):
        graph_statistics(path)


def test_a_cut_off_model(small):
    small.write_bytes(small.read_bytes()[:-40])
    with pytest.raises(BundleError, match="not an ONNX model"):
        graph_statistics(small)


def test_no_file(tmp_path):
    with pytest.raises(BundleError, match=r"cannot be read \(No such file or directory\)"):
        graph_statistics(tmp_path / "model.onnx")


def test_what_moves_bytes_before_the_first_dequantizing_is_not_float(tmp_path):
    scale = numpy_helper.from_array(np.array(0.1, np.float32), "scale")
    zero = numpy_helper.from_array(np.array(0, np.uint8), "zero")
    grid = ["scale", "zero"]
    nodes = [
        helper.make_node("Transpose", ["image"], ["planes"], "planes", perm=[0, 3, 1, 2]),
        helper.make_node("DequantizeLinear", ["planes", *grid], ["x"]),
        helper.make_node("Softplus", ["x"], ["y"], "softplus"),
    ]
    image = value("image", 1, 2, 2, 3, dtype=TensorProto.UINT8)
    path = save(tmp_path / "bytes.onnx", nodes, [scale, zero], [image], [value("y", 1, 3, 2, 2)])
    assert [region.operators for region in graph_statistics(path).float_regions] == [("Softplus",)]
