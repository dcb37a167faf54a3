from dataclasses import replace

import numpy as np
import pytest

from exporters.litert.convert import is_head, to_litert
from exporters.litert.entry import enter_bytes, enter_floats
from exporters.litert.first import centred, plain
from exporters.litert.graph import Graph
from models.resnet50 import inference_form


@pytest.fixture(scope="module")
def float_model(float_body, rule):
    graph = Graph(float_body.content())
    enter_floats(graph, rule, None)
    return graph.content()


def partitions(content):
    """How many pieces of the graph XNNPACK takes over."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    return sum(operator["op_name"] == "DELEGATE" for operator in interpreter._get_ops_details())


@pytest.mark.parametrize("xnnpack", [True, False])
def test_the_same_scores_as_the_original(float_model, pictures, expected, run_model, xnnpack):
    np.testing.assert_allclose(run_model(float_model, pictures, xnnpack=xnnpack), expected, atol=2e-6)


def test_every_layer_is_what_keras_computes(float_model, network, pictures, run_model):
    import keras

    graph = inference_form(network)
    names = [
        layer.name for layer in graph.layers if layer.name.endswith(("_relu", "_out", "_0_conv", "_3_conv", "pool"))
    ]
    theirs = keras.Model(graph.input, [graph.get_layer(name).output for name in names]).predict_on_batch(pictures)
    assert len(names) > 20
    for name, value in zip(names, theirs, strict=True):
        ours = run_model(float_model, pictures, name)
        np.testing.assert_allclose(ours, value, atol=2e-5 * np.abs(value).max(), err_msg=name)


def test_xnnpack_takes_all_of_it_in_one_piece(float_model):
    assert partitions(float_model) == 1


def test_weights_are_named_after_their_layers(float_body, network):
    convolution = next(op for op in float_body.operators if float_body.name(op.outputs[0]) == "conv2_block1_2_relu")
    kernel, bias = convolution.inputs[1:]
    assert [float_body.name(kernel), float_body.name(bias)] == [
        "conv2_block1_2_conv.kernel",
        "conv2_block1_2_conv.bias",
    ]
    affine = network.convolutions["conv2_block1_2"]
    np.testing.assert_array_equal(float_body.values(kernel).transpose(1, 2, 3, 0), affine.kernel)
    np.testing.assert_array_equal(float_body.values(bias), affine.bias)
    names = [float_body.name(index) for index in range(len(float_body.tensors))]
    assert len(set(names)) == len(names)


def test_a_shortcut_is_subsampled_by_a_convolution_with_one(float_body):
    subsamples = [op for op in float_body.operators if "subsample" in float_body.name(op.outputs[0])]
    assert [float_body.kind(op) for op in subsamples] == ["DEPTHWISE_CONV_2D"] * 2
    assert all((float_body.values(op.inputs[1]) == 1).all() for op in subsamples)
    assert all((float_body.values(op.inputs[2]) == 0).all() for op in subsamples)


@pytest.mark.parametrize(("padding", "side", "folded"), [((0, 1), 64, True), ((1, 1), 64, False), ((1, 1), 62, True)])
def test_a_padding_goes_into_the_pooling_where_it_is_the_same(network, rule, run_model, padding, side, folded):
    changed = replace(
        network, architecture=replace(network.architecture, pool_padding=padding), height=side, width=side
    )
    graph = to_litert(changed, centred(changed, rule), None)
    kinds = [graph.kind(op) for op in graph.operators if "pool1_pad" in graph.name(op.outputs[0])]
    assert kinds == ([] if folded else ["PAD"])
    batch = np.random.default_rng(2).integers(0, 256, (2, side, side, 3)).astype(np.uint8)
    enter_floats(graph, rule, None)
    np.testing.assert_allclose(
        run_model(graph.content(), batch), inference_form(changed).predict_on_batch(batch), atol=2e-6
    )


def test_a_batch_that_is_asked_for_is_in_the_shape(network, rule, pictures, expected, run_model):
    graph = to_litert(network, centred(network, rule), 3)
    enter_floats(graph, rule, 3)
    image = graph.tensors[graph.subgraph.inputs[0]]
    assert list(image.shape) == [3, 64, 64, 3]
    assert image.shapeSignature is None
    np.testing.assert_allclose(run_model(graph.content(), pictures[:3]), expected[:3], atol=2e-6)


def test_a_free_batch_is_one_until_it_is_known(float_model):
    graph = Graph(float_model)
    image = graph.tensors[graph.subgraph.inputs[0]]
    assert (list(image.shape), list(image.shapeSignature)) == ([1, 64, 64, 3], [-1, 64, 64, 3])


def test_a_head_of_several_layers(network, rule, pictures, run_model):
    from models.resnet50 import Affine, Head

    chance = np.random.default_rng(4)
    features = network.heads[0].layers[0].kernel.shape[0]
    layers = tuple(
        Affine(chance.normal(size=shape).astype(np.float32) / 4, chance.normal(size=shape[1]).astype(np.float32))
        for shape in ((features, 5), (5, 1))
    )
    changed = replace(network, heads=(Head(("deep",), layers), *network.heads))
    graph = to_litert(changed, centred(changed, rule), None)
    names = [graph.name(op.outputs[0]) for op in graph.operators]
    assert names[names.index("avg_pool") :] == [
        "avg_pool", "head0_dense0", "head0_dense1", "head1_dense0", "logits", "scores"
    ]  # fmt: skip
    enter_floats(graph, rule, None)
    theirs = inference_form(changed).predict_on_batch(pictures)
    np.testing.assert_allclose(run_model(graph.content(), pictures), theirs, atol=2e-6)


def test_pictures_of_an_odd_width(network, rule, run_model):
    """Not in pairs of columns then, but exact: here with every layer in float, to see nothing but the entry."""
    from exporters.litert.quantize import quantize
    from exporters.quantization.observe import layer_outputs, quantized_layers

    odd = replace(network, height=48, width=49)
    batch = np.random.default_rng(2).integers(0, 256, (2, 48, 49, 3)).astype(np.uint8)
    layers = quantized_layers(odd)
    values = layer_outputs(odd, layers)(batch)
    ranges = {name: (min(0.0, float(v.min())), float(v.max())) for name, v in zip(layers, values, strict=True)}
    first = plain(odd)
    graph = quantize(to_litert(odd, first, None), "int16x8", ranges)
    enter_bytes(graph, first, None)
    np.testing.assert_allclose(
        run_model(graph.content(), batch), inference_form(odd).predict_on_batch(batch), atol=0.02
    )


def test_what_belongs_to_the_head():
    assert [is_head(name) for name in ("avg_pool", "head0_dense0/FULLY_CONNECTED", "scores", "logits")] == [True] * 4
    assert not any(is_head(name) for name in ("conv5_block3_out", "pool1_pool", "conv1_relu"))
