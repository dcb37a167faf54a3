from collections import Counter
from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from exporters.onnx.convert import to_onnx
from exporters.onnx.quantize import activation_grid, quantize, quantized_tensors, weight_scales
from exporters.quantization.observe import layer_outputs
from exporters.quantization.prepare import WEIGHT_LIMIT
from models.resnet50 import Affine, inference_form


@pytest.fixture(scope="module")
def ranges(network, blocks_model, pictures):
    """Of the pictures themselves, by numpy, from Keras' own outputs."""
    names = quantized_tensors(blocks_model)
    values = layer_outputs(network, names)(pictures)
    return {name: (min(0.0, float(v.min())), max(0.0, float(v.max()))) for name, v in zip(names, values, strict=True)}


@pytest.fixture(scope="module")
def quantized(blocks_model, ranges):
    return quantize(blocks_model, ranges)


def constants(model):
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def test_scores_stay_close(quantized, pictures, expected, run_model):
    scores = run_model(quantized, pictures)[0]
    assert np.abs(scores - expected).max() < 0.05


def test_onnx_runtime_runs_every_convolution_and_addition_in_integers(quantized, tmp_path):
    import onnxruntime as ort

    settings = ort.SessionOptions()
    settings.optimized_model_filepath = str(tmp_path / "optimized.onnx")
    settings.log_severity_level = 3
    ort.InferenceSession(quantized.SerializeToString(), settings, providers=["CPUExecutionProvider"])
    counts = Counter(node.op_type for node in onnx.load(tmp_path / "optimized.onnx").graph.node)
    plain = Counter(node.op_type for node in quantized.graph.node)
    assert counts["QLinearConv"] == plain["Conv"]
    assert counts["Conv"] == counts["Relu"] == 0
    assert counts["QuantizeLinear"] == 1, "the one that turns the gathered picture back into bytes"
    assert counts["DequantizeLinear"] == 1, "the one before the head"


def test_the_picture_enters_the_first_convolution_as_it_is(quantized):
    weights = constants(quantized)
    node = next(node for node in quantized.graph.node if node.output[0] == "pixels.dequantized")
    assert [weights[name].tolist() for name in node.input[1:]] == [1.0, 0]


def test_single_pixels_are_not_even_cast(network, ranges):
    """Without blocks the bytes themselves are what is dequantized."""
    model = quantize(to_onnx(network, opset=13, ir_version=7, batch=None, pad_bytes=True), ranges)
    assert not [node for node in model.graph.node if node.op_type == "Cast"]
    reader = next(node for node in model.graph.node if node.output[0] == "pixels.dequantized")
    assert reader.input[0] == "constant_channel"


def test_the_head_stays_in_float(quantized):
    head = [node for node in quantized.graph.node if node.name.startswith(("avg_pool", "head", "scores"))]
    assert not [name for node in head for name in node.output if "dequantized" in name]
    assert all(
        constants(quantized)[name].dtype == np.float32 for node in head for name in node.input if ".kernel" in name
    )


def test_a_pooling_keeps_the_scale_of_what_it_pools(quantized):
    readers = {node.output[0]: list(node.input) for node in quantized.graph.node}
    assert readers["pool1_pool.u8"][1:] == readers["conv1_relu.u8"][1:]


def test_weights_are_rounded_to_the_nearest_level(blocks_model, quantized):
    """By a plain loop over the channels."""
    before, after = constants(blocks_model), constants(quantized)
    kernel = before["conv2_block1_2_conv.kernel"]
    levels, scales = after["conv2_block1_2_conv.kernel.levels"], after["conv2_block1_2_conv.kernel.scale"]
    for channel in range(len(kernel)):
        assert scales[channel] == pytest.approx(np.abs(kernel[channel]).max() / 127)
        np.testing.assert_allclose(levels[channel] * scales[channel], kernel[channel], atol=0.501 * scales[channel])
    assert levels.dtype == np.int8
    assert np.abs(levels.astype(int)).max() == 127


def test_biases_are_in_units_of_input_times_weight(blocks_model, quantized):
    before, after = constants(blocks_model), constants(quantized)
    name = "conv2_block1_2_conv"
    step = after["conv2_block1_1_relu.scale"] * after[f"{name}.kernel.scale"].astype(np.float64)
    np.testing.assert_allclose(after[f"{name}.bias.scale"], step, rtol=1e-6)
    np.testing.assert_allclose(after[f"{name}.bias.levels"] * step, before[f"{name}.bias"], atol=step.max())


def test_a_convolution_whose_bias_is_nothing_but_zeros(network, ranges, pictures, run_model):
    """The converter leaves such a bias out; a freshly built ResNet50 has no other."""
    name = "conv2_block1_1"
    unbiased = Affine(network.convolutions[name].kernel, np.zeros_like(network.convolutions[name].bias))
    plain = replace(network, convolutions={**network.convolutions, name: unbiased})
    model = to_onnx(plain, opset=13, ir_version=7, batch=None, pad_bytes=True)
    assert not [tensor for tensor in model.graph.initializer if tensor.name == f"{name}_conv.bias"]
    expected = inference_form(plain).predict_on_batch(pictures)
    assert np.abs(run_model(quantize(model, ranges), pictures)[0] - expected).max() < 0.1


def test_without_dot_products_weights_have_seven_bits(blocks_model, ranges):
    """Two products of 255 and 63 fit into the 16 bits in which such a processor adds them, of 255 and 127 do not."""
    assert 2 * 255 * WEIGHT_LIMIT["avx2"] < 2**15 < 2 * 255 * WEIGHT_LIMIT["vnni"]
    weights = constants(quantize(blocks_model, ranges, weight_limit=WEIGHT_LIMIT["avx2"]))
    largest = [np.abs(value.astype(int)).max() for name, value in weights.items() if name.endswith("kernel.levels")]
    assert set(largest) == {63}


def test_named_layers_stay_in_float(blocks_model, ranges, pictures, expected, run_model):
    keep = {"conv2_block1_1_conv", "conv5_block2_add", "conv1_conv"}
    mixed = quantize(blocks_model, ranges, float_layers=keep)
    nodes = {node.name: node for node in mixed.graph.node}
    assert "conv2_block1_1_conv.kernel" in nodes["conv2_block1_1_conv"].input
    assert np.abs(run_model(mixed, pictures)[0] - expected).max() < 0.05


def test_all_in_float_is_the_float_model(blocks_model, pictures, expected, run_model):
    every = [node.name for node in blocks_model.graph.node]
    assert quantized_tensors(blocks_model, every) == ()
    unchanged = quantize(blocks_model, {}, float_layers=every)
    np.testing.assert_allclose(run_model(unchanged, pictures)[0], expected, atol=2e-6)


def test_onnx_runtimes_own_preparation_finds_nothing_to_do(blocks_model, tmp_path):
    """``quant_pre_process`` folds and infers shapes; the inference graph comes folded, with its shapes.

    All it finds is the Dense layer of the head, which stays in float: MatMul and Add become one Gemm.
    """
    from onnxruntime.quantization.shape_inference import quant_pre_process

    onnx.save(blocks_model, tmp_path / "before.onnx")
    quant_pre_process(tmp_path / "before.onnx", tmp_path / "after.onnx", skip_symbolic_shape=True)
    before, after = (
        Counter(node.op_type for node in onnx.load(tmp_path / f"{name}.onnx").graph.node)
        for name in ("before", "after")
    )
    assert (after.pop("Gemm"), before.pop("MatMul")) == (1, 1)
    before["Add"] -= 1
    assert after == before


@pytest.mark.parametrize(("low", "high"), [(0.0, 6.0), (-1.0, 1.0), (-3.0, 0.0), (-1e-3, 100.0)])
def test_zero_is_a_level(low, high):
    scale, zero = activation_grid(low, high)
    levels = (np.arange(256) - int(zero)) * scale
    assert 0 in levels
    assert levels[0] == pytest.approx(low, abs=float(scale))
    assert levels[-1] == pytest.approx(high, abs=float(scale))


def test_tensors_that_are_always_zero():
    assert activation_grid(0.0, 0.0) == (1, 0)
    assert weight_scales(np.zeros((2, 3, 1, 1), np.float32), 127).tolist() == [1, 1]
