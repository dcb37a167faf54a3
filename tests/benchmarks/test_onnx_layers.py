"""Intermediate outputs of small ONNX graphs, against the same arithmetic in numpy."""

import numpy as np
import pytest
from onnx import TensorProto, checker, helper, numpy_helper, save

from benchmarks.layers import compare_layers, first_departure
from benchmarks.onnx_layers import intermediate_outputs, layer_outputs
from models.errors import BundleError

KERNEL = np.random.default_rng(1).normal(0, 0.02, (5, 3)).astype(np.float32)
SECOND = np.random.default_rng(2).normal(0, 0.5, (2, 5)).astype(np.float32)
SCALE, ZERO = np.float32(0.05), np.uint8(3)


def pictures(count=2):
    return np.random.default_rng(0).integers(0, 256, (count, 6, 7, 3), dtype=np.uint8)


def write(path, *, quantized=False, kind=TensorProto.FLOAT, second=SECOND, batch="batch"):
    """A graph of two 1x1 convolutions with a ReLU between, as rct names them: planes, pixels, conv1_conv, …"""
    dtype = helper.tensor_dtype_to_np_dtype(kind)
    weights = {"conv1_conv.kernel": KERNEL[:, :, None, None], "conv2_conv.kernel": second[:, :, None, None]}
    initializers = [numpy_helper.from_array(value.astype(dtype), name) for name, value in weights.items()]
    nodes = [
        helper.make_node("Transpose", ["image"], ["planes"], name="planes", perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["planes"], ["pixels"], name="pixels", to=kind),
        helper.make_node("Conv", ["pixels", "conv1_conv.kernel"], ["conv1_conv"], name="conv1_conv"),
        helper.make_node("Relu", ["conv1_conv"], ["conv1_relu"], name="conv1_relu"),
    ]
    source = "conv1_relu"
    if quantized:
        grid = ["conv1_relu.scale", "conv1_relu.zero"]
        initializers += [numpy_helper.from_array(np.asarray(v), n) for n, v in zip(grid, (SCALE, ZERO), strict=True)]
        nodes += [
            helper.make_node("QuantizeLinear", [source, *grid], ["conv1_relu.u8"], name="conv1_relu.u8"),
            helper.make_node("DequantizeLinear", ["conv1_relu.u8", *grid], ["back"], name="back"),
        ]
        source = "back"
    nodes += [
        helper.make_node("Conv", [source, "conv2_conv.kernel"], ["conv2_conv"], name="conv2_conv"),
        helper.make_node("GlobalAveragePool", ["conv2_conv"], ["avg_pool/GlobalAveragePool"], name="pooled"),
        helper.make_node("Flatten", ["avg_pool/GlobalAveragePool"], ["avg_pool"], name="avg_pool"),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, [batch, 6, 7, 3])],
        [helper.make_tensor_value_info("avg_pool", kind, [batch, 2])],
        initializers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model, full_check=True)
    save(model, path)
    return path


def expected(batch, *, quantized=False):
    convolved = batch.astype(np.float32) @ KERNEL.T
    relu = np.maximum(convolved, 0)
    if quantized:
        relu = (np.clip(np.rint(relu / SCALE) + ZERO, 0, 255) - ZERO) * SCALE
    second = relu @ SECOND.T
    return {"conv1_conv": convolved, "conv1_relu": relu, "conv2_conv": second, "avg_pool": second.mean(axis=(1, 2))}


@pytest.mark.parametrize("quantized", [False, True], ids=["float", "quantized"])
def test_every_layer_is_seen_as_its_readers_see_it_channels_last(tmp_path, quantized):
    found = intermediate_outputs(write(tmp_path / "model.onnx", quantized=quantized), pictures())
    assert next(iter(found)) == "pixels"
    np.testing.assert_array_equal(found["pixels"], pictures())
    for name, value in expected(pictures(), quantized=quantized).items():
        assert found[name].dtype == np.float32
        np.testing.assert_allclose(found[name], value, atol=2e-4, rtol=1e-4, err_msg=name)
    assert not {"planes", "conv1_relu.u8", "back"} & set(found)


def test_half_precision_comes_back_as_float32(tmp_path):
    found = intermediate_outputs(write(tmp_path / "model.onnx", kind=TensorProto.FLOAT16), pictures())
    for name, value in expected(pictures()).items():
        assert found[name].dtype == np.float32
        np.testing.assert_allclose(found[name], value, atol=0.05, rtol=0.01, err_msg=name)


def test_a_fixed_batch_size_does_not_bind(tmp_path):
    found = intermediate_outputs(write(tmp_path / "model.onnx", batch=1), pictures(3))
    np.testing.assert_allclose(found["avg_pool"], expected(pictures(3))["avg_pool"], atol=1e-4)


def test_the_file_is_left_as_it_was(tmp_path):
    file = write(tmp_path / "model.onnx")
    before = file.read_bytes()
    layer_outputs(file)
    assert file.read_bytes() == before


def test_the_layer_that_was_broken_is_named(tmp_path):
    original = layer_outputs(write(tmp_path / "original.onnx"))
    candidate = layer_outputs(write(tmp_path / "candidate.onnx", second=SECOND * 1.01))
    rows = compare_layers(original, candidate, [pictures(), pictures(1)])
    departed = first_departure(rows, 1e-4)
    assert departed is not None
    assert departed.name == "conv2_conv"
    assert departed.relative_error == pytest.approx(0.01, rel=1e-3)
    assert departed.sqnr_db == pytest.approx(40, abs=0.01)


def test_files_that_are_not_onnx_are_refused(tmp_path):
    with pytest.raises(BundleError, match=r"none\.onnx: cannot be read \(No such file or directory\)\.$"):
        layer_outputs(tmp_path / "none.onnx")
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"this is text")
    with pytest.raises(BundleError, match=r"broken\.onnx: not an ONNX model\. Name a \.onnx file\.$"):
        layer_outputs(broken)
    broken.write_bytes(b"")
    with pytest.raises(BundleError, match="not an ONNX model"):
        layer_outputs(broken)
