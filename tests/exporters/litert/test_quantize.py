from dataclasses import replace

import numpy as np
import pytest

from exporters.litert.convert import to_litert
from exporters.litert.entry import enter_bytes, enter_floats
from exporters.litert.first import paired
from exporters.litert.graph import Graph
from exporters.litert.quantize import quantize
from models.resnet50 import Affine


@pytest.fixture(scope="module", params=["int8", "int16x8"])
def recipe(request):
    return request.param


@pytest.fixture(scope="module")
def quantized(byte_body, ranges, recipe):
    return quantize(byte_body, recipe, ranges)


@pytest.fixture(scope="module")
def int8_body(byte_body, ranges):
    return quantize(byte_body, "int8", ranges)


def operators(graph):
    return {graph.name(operator.outputs[0]): operator for operator in graph.operators}


def grid(graph, tensor):
    found = graph.tensors[tensor].quantization
    return np.asarray(found.scale, np.float64), np.asarray(found.zeroPoint)


def with_entry(graph, network):
    content = Graph(graph.content())
    enter_bytes(content, paired(network), None)
    return content.content()


def with_floats(graph, rule):
    content = Graph(graph.content())
    enter_floats(content, rule, None)
    return content.content()


@pytest.mark.parametrize("xnnpack", [True, False])
def test_scores_stay_close(quantized, rounded, recipe, pictures, expected_rounded, run_model, xnnpack):
    scores = run_model(with_entry(quantized, rounded), pictures, xnnpack=xnnpack)
    np.testing.assert_allclose(scores, expected_rounded, atol=0.03 if recipe == "int8" else 1e-3)


def test_weights_stay_on_their_grid(quantized, rounded):
    """The levels are those that the rounding chose, found here by a plain loop over the channels."""
    for name, affine in rounded.convolutions.items():
        if name == "conv1":
            continue
        kernel = next(i for i, tensor in enumerate(quantized.tensors) if tensor.name.decode() == f"{name}_conv.kernel")
        levels, (scales, zeros) = quantized.values(kernel), grid(quantized, kernel)
        assert levels.dtype == np.int8
        assert not zeros.any()
        for channel in range(affine.kernel.shape[3]):
            weights = affine.kernel[..., channel].astype(np.float64)
            step = np.abs(weights).max() / 127
            assert scales[channel] == pytest.approx(step, rel=1e-6)
            np.testing.assert_array_equal(levels[channel], np.rint(weights / step))
            np.testing.assert_allclose(levels[channel] * step, weights, atol=1e-5 * step)


def test_the_first_convolutions_levels_are_only_rearranged(quantized, rounded):
    kernel = next(op.inputs[1] for op in quantized.operators if quantized.kind(op) == "CONV_2D")
    levels, (scales, _) = quantized.values(kernel), grid(quantized, kernel)
    weights = rounded.convolutions["conv1"].kernel
    for channel in range(weights.shape[3]):
        before = np.sort(weights[..., channel][weights[..., channel] != 0] / scales[channel])
        after = np.sort(levels[channel][levels[channel] != 0])
        np.testing.assert_allclose(after, before, atol=1e-3)


def test_an_activation_reaches_as_far_as_it_was_measured(int8_body, ranges):
    for name, (low, high) in ranges.items():
        (scale,), (zero,) = grid(int8_body, operators(int8_body)[name].outputs[0])
        assert (-128 - zero) * scale == pytest.approx(low, abs=scale)
        assert (127 - zero) * scale == pytest.approx(high, abs=scale)


def test_sixteen_bits_reach_beyond_what_was_measured(byte_body, ranges):
    graph = quantize(byte_body, "int16x8", ranges)
    for name, (low, high) in ranges.items():
        (scale,), (zero,) = grid(graph, operators(graph)[name].outputs[0])
        assert zero == 0
        assert scale * 32767 == pytest.approx(4 * max(-low, high))


def test_biases_are_in_units_of_input_times_weight(quantized, rounded):
    operator = operators(quantized)["conv2_block1_2_relu"]
    steps = grid(quantized, operator.inputs[0])[0] * grid(quantized, operator.inputs[1])[0]
    np.testing.assert_allclose(grid(quantized, operator.inputs[2])[0], steps, rtol=1e-6)
    np.testing.assert_allclose(
        bias_levels(quantized, operator) * steps, rounded.convolutions["conv2_block1_2"].bias, atol=0.51 * steps.max()
    )


def bias_levels(graph, operator):
    tensor = graph.tensors[operator.inputs[2]]
    data = np.asarray(graph.model.buffers[tensor.buffer].data, np.uint8).tobytes()
    return np.frombuffer(data, np.int64 if len(data) == 8 * tensor.shape[0] else np.int32)


def test_a_pooling_and_a_subsampling_keep_the_grid(int8_body):
    for name, source in (("pool1_pool", "conv1_relu"), ("conv3_block2_subsample", "conv3_block1_out")):
        made = operators(int8_body)
        assert grid(int8_body, made[name].outputs[0]) == grid(int8_body, made[source].outputs[0])


def test_a_subsampling_moves_levels_and_no_more(int8_body, rounded, pictures, run_model):
    content = with_entry(int8_body, rounded)
    before, after = (run_model(content, pictures, name) for name in ("conv3_block1_out", "conv3_block2_subsample"))
    np.testing.assert_array_equal(after, before[:, ::2, ::2])


def test_the_head_stays_in_float(quantized):
    made = operators(quantized)
    assert [quantized.kind(op) for op in quantized.operators][-4:] == [
        "DEQUANTIZE",
        "MEAN",
        "FULLY_CONNECTED",
        "LOGISTIC",
    ]
    assert quantized.dtype(made["head0_dense0"].inputs[1]) == np.float32
    assert sum(quantized.kind(op) == "DEQUANTIZE" for op in quantized.operators) == 1


def test_a_bias_beside_dead_weights_survives(rounded, ranges, pictures, run_model):
    """Folding can leave weights of 1e-12 beside a bias of 0.5, which is more than 2**31 of their steps."""
    name = "conv2_block1_1"
    affine = rounded.convolutions[name]
    kernel, bias = affine.kernel.copy(), affine.bias.copy()
    kernel[..., 0], bias[0] = 1e-12 * kernel[..., 0], 0.5
    kernel[..., 1], bias[1] = 0, 0.25
    changed = replace(rounded, convolutions={**rounded.convolutions, name: Affine(kernel, bias)})
    reach = {**ranges, f"{name}_relu": (0.0, max(1.0, ranges[f"{name}_relu"][1]))}
    graph = quantize(to_litert(changed, paired(changed), None), "int8", reach)
    (scale,), (zero,) = grid(graph, operators(graph)[f"{name}_relu"].outputs[0])
    for xnnpack in (True, False):
        levels = run_model(with_entry(graph, changed), pictures, f"{name}_relu", xnnpack=xnnpack)
        values = (levels.astype(np.float64) - zero) * scale
        np.testing.assert_allclose(values[..., :2], np.broadcast_to([0.5, 0.25], values[..., :2].shape), atol=scale)


def test_an_activation_that_is_always_zero(byte_body, rounded, ranges, pictures, run_model):
    silent = {**ranges, "conv5_block2_2_relu": (0.0, 0.0)}
    assert np.isfinite(run_model(with_entry(quantize(byte_body, "int8", silent), rounded), pictures)).all()


def test_named_layers_stay_in_float(byte_body, rounded, ranges, pictures, expected_rounded, run_model):
    keep = {"conv2_block1_1_conv", "conv5_block2_add", "conv1_conv"}
    graph = quantize(byte_body, "int8", ranges, keep)
    made = operators(graph)
    floats = {name for name, op in made.items() if graph.kind(op) in {"CONV_2D", "ADD"} and is_float(graph, op)}
    assert floats == {"conv1_relu", "conv2_block1_1_relu", "conv5_block2_out"}
    np.testing.assert_allclose(run_model(with_entry(graph, rounded), pictures), expected_rounded, atol=0.03)


def is_float(graph, operator):
    return graph.dtype(operator.outputs[0]) == np.float32


def test_a_missing_range_is_named(byte_body, ranges):
    fewer = {name: limits for name, limits in ranges.items() if name != "conv3_block1_out"}
    with pytest.raises(KeyError, match="conv3_block1_out"):
        quantize(byte_body, "int8", fewer)


def test_half_precision_halves_the_weights_of_convolutions(float_body, network, rule, pictures, expected, run_model):
    graph = quantize(float_body, "fp16", {})
    from ai_edge_litert.schema_py_generated import TensorType

    kernels = [tensor for tensor in graph.tensors if tensor.name.startswith(b"conv") and b".kernel" in tensor.name]
    stored = [tensor for tensor in kernels if graph.model.buffers[tensor.buffer].data is not None]
    convolutions = [tensor for tensor in stored if b"_conv.kernel" in tensor.name]
    assert len(convolutions) == len(network.convolutions)
    assert {tensor.type for tensor in convolutions} == {TensorType.FLOAT16}
    np.testing.assert_allclose(run_model(with_floats(graph, rule), pictures), expected, atol=2e-3)


def test_dynamic_int8_keeps_activations_in_float(float_body, rule, pictures, expected, run_model):
    graph = quantize(float_body, "int8-dynamic", {})
    for operator in graph.operators:
        assert graph.dtype(operator.outputs[0]) == np.float32
        if graph.kind(operator) == "CONV_2D":
            assert graph.dtype(operator.inputs[1]) == np.int8
            assert len(grid(graph, operator.inputs[1])[0]) == graph.shape(operator.outputs[0])[3]
        if graph.kind(operator) == "DEPTHWISE_CONV_2D":
            assert graph.dtype(operator.inputs[1]) == np.float32
    np.testing.assert_allclose(run_model(with_floats(graph, rule), pictures), expected, atol=0.03)


def test_the_float_graph_is_left_alone(byte_body, ranges):
    before = byte_body.content()
    quantize(byte_body, "int8", ranges)
    assert byte_body.content() == before


def test_nothing_is_said_on_the_terminal(byte_body, ranges, capfd):
    quantize(byte_body, "int8", ranges)
    written = capfd.readouterr()
    assert written.out == ""
    assert [line for line in written.err.splitlines() if not line.startswith("INFO: Created TensorFlow Lite")] == []
