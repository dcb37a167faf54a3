"""The gradient passes, against small changes that are really made."""

from dataclasses import replace

import numpy as np
import pytest

from exporters.deploy import deploy
from exporters.quantization.clipping import ranges_by_logit_error
from exporters.quantization.gradients import gradients
from exporters.quantization.observe import layer_outputs, quantized_layers
from exporters.quantization.reach import LIMITS, reaches
from exporters.quantization.shortcuts import join_shortcuts
from exporters.tensorflow_graph import logits_of
from models.resnet50 import Affine, inference_form


def logits(network, batch):
    import keras

    graph = inference_form(network)
    return keras.Model(graph.input, graph.get_layer("scores").input).predict_on_batch(batch).astype(np.float64)


@pytest.mark.parametrize("join", [False, True])
def test_values_are_those_of_the_inference_form(network, pictures, join):
    network = join_shortcuts(network) if join else network
    layers = quantized_layers(network)
    (seen,) = gradients(network, layers, [pictures])
    assert set(seen) == set(layers)
    for name, expected in zip(layers, layer_outputs(network, layers)(pictures), strict=True):
        np.testing.assert_allclose(seen[name].values, expected, atol=1e-4 * np.abs(expected).max() + 1e-6)


@pytest.mark.parametrize("tapped", [False, True])
def test_gradients_foretell_what_a_shift_does_to_the_logits(network, tapped_original, pictures, tapped):
    """A convolution's bias moves its output everywhere: the logits move by the sum of the gradients.

    Pictures of one colour are among them, whose channels are flat: there a deviation has no slope, and no NaN either.
    """
    network = deploy([tapped_original]) if tapped else network
    one_head = replace(network, heads=(replace_labels(network.heads[0]),))
    name, channel, shift = "conv3_block2_3", 5, 1e-3 if tapped else 1e-2
    affine = one_head.convolutions[name]
    bias = affine.bias.copy()
    bias[channel] += shift
    moved = replace(one_head, convolutions={**one_head.convolutions, name: Affine(affine.kernel, bias)})
    actual = (logits(moved, pictures) - logits(one_head, pictures))[:, 0]
    (seen,) = gradients(one_head, [f"{name}_conv"], [pictures])
    foretold = np.asarray(seen[f"{name}_conv"].gradients, np.float64)[..., channel].sum(axis=(1, 2)) * shift
    np.testing.assert_allclose(np.abs(foretold), np.abs(actual), rtol=0.1, atol=1e-5 if tapped else 2e-5)


def replace_labels(head):
    """Keep the first category only, so that random signs are all that is random."""
    last = head.layers[-1]
    return replace(head, labels=head.labels[:1], layers=(*head.layers[:-1], Affine(last.kernel[:, :1], last.bias[:1])))


def test_ranges_lie_within_the_widest_and_hold_zero(network, batches, pictures):
    found = ranges_by_logit_error(network, lambda: batches)
    layers = quantized_layers(network)
    for name, values in zip(layers, layer_outputs(network, layers)(pictures), strict=True):
        low, high = found[name].range
        assert values.min() - 1e-5 <= low <= 0 <= high <= values.max() * (1 + 1e-5)
        assert high - low >= 0.24 * (max(values.max(), 0) - min(values.min(), 0))
        assert found[name].error >= 0


def test_an_outlier_that_no_logit_depends_on_is_cut_off(network, batches):
    """One channel, ten times the others, of no weight in what reads it."""
    affine, reader = network.convolutions["conv3_block1_1"], network.convolutions["conv3_block1_2"]
    kernel, bias, weights = affine.kernel.copy(), affine.bias.copy(), reader.kernel.copy()
    kernel[..., 0] *= 0
    bias[0] = 1000
    weights[:, :, 0] = 0
    changed = {"conv3_block1_1": Affine(kernel, bias), "conv3_block1_2": Affine(weights, reader.bias)}
    outlying = replace(network, convolutions={**network.convolutions, **changed})
    low, high = ranges_by_logit_error(outlying, lambda: batches)["conv3_block1_1_relu"].range
    assert (low, high) == (0, pytest.approx(250))


def test_the_reach_of_a_channel_weighs_cutting_against_rounding(network, batches):
    found = reaches(network, lambda: batches)["conv3_block2_3_conv"]
    assert found.signed
    assert found.cut.shape == (len(LIMITS), found.peaks.size)
    assert np.all(np.diff(found.cut, axis=0)[-1] <= 0)
    np.testing.assert_allclose(
        found.errors(found.peaks[None])[0], (found.peaks * 2 / 255) ** 2 * found.noise, rtol=1e-6
    )


@pytest.mark.parametrize("inside", [False, True])
def test_a_traced_graph_holds_the_weights_or_reads_them_outside(network, inside):
    import tensorflow as tf

    traced = tf.function(lambda image: logits_of(image, network, weights_inside=inside))
    graph = traced.get_concrete_function(tf.TensorSpec([1, 64, 64, 3], tf.uint8)).graph
    weights = sum(affine.kernel.nbytes for affine in network.convolutions.values())
    held = sum(node.attr["value"].tensor.ByteSize() for node in graph.as_graph_def().node if node.op == "Const")
    assert (held > weights) is inside
    assert held > weights or held < weights / 10
