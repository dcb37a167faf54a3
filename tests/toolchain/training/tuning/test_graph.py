"""The graph that is trained against the network that it is made from."""

from dataclasses import replace

import numpy as np
import pytest
from tiny import TINY, randomise, tiny_spec

from models.preprocessing import normalise
from models.resnet50 import HeadForm, training_form
from toolchain.training.tuning.graph import PICTURES, SHARE, picture_graph

SMALL = replace(TINY, blocks=(1, 1, 1, 1))
RULE = tiny_spec("a", "b", side=64).preprocessing
PIXELS = np.random.default_rng(1).integers(0, 256, (4, 64, 64, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def network():
    form = training_form(SMALL, ("a", "b"), 64, 64, head=HeadForm(SMALL.taps, hidden=(3,)), dropout=0.5)
    return randomise(form, 0)


def scores(network, pixels):
    return network(normalise(pixels, RULE), training=False).numpy().astype(np.float64)


def logit(scores):
    return np.log(scores) - np.log1p(-scores)


def predicted(graph, **inputs):
    return graph.model({PICTURES: PIXELS} | inputs, training=False).numpy()


def test_its_logits_are_those_of_the_network_on_normalised_pictures(network):
    wanted = logit(scores(network, PIXELS))
    assert predicted(picture_graph(network, RULE, "float32")) == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_the_backbone_computes_in_half_precision_and_the_head_does_not(network, precision):
    graph = picture_graph(network, RULE, precision)
    kinds = {layer.name: layer.compute_dtype for layer in graph.body.layers}
    assert kinds["conv3_block1_1_conv"] == precision.removeprefix("mixed_")
    assert kinds["scores"] == kinds["hidden0"] == "float32"
    assert {weight.dtype for weight in graph.body.weights} == {"float32"}
    exact, rounded = predicted(picture_graph(network, RULE, "float32")), predicted(graph)
    assert rounded.dtype == np.float32
    assert 0 < np.abs(rounded - exact).max() < 0.3


def test_mixup_takes_the_rest_from_the_neighbour(network):
    share = np.array([[1], [0], [0.75], [0.5]], np.float32)
    mixed = PIXELS.astype(np.float64)
    mixed[1] = PIXELS[0]
    mixed[2] = 0.75 * PIXELS[2] + 0.25 * PIXELS[3].astype(np.float64)
    mixed[3] = 0.5 * PIXELS[3] + 0.5 * PIXELS[2].astype(np.float64)
    wanted = logit(scores(network, mixed))
    got = predicted(picture_graph(network, RULE, "float32", mixing=True), **{SHARE: share})
    assert got == pytest.approx(wanted, abs=1e-4)


def test_only_the_chosen_stages_learn_and_no_bias_behind_which_there_is_a_batch_norm(network):
    graph = picture_graph(network, RULE, "float32")
    graph.choose_trainable(1, "frozen")
    places = [variable.path.split("/")[-2:] for variable in graph.model.trainable_variables]
    kinds = {(layer[:5], kind) for layer, kind in places}
    convolutions = {("conv5", "kernel"), ("conv5", "gamma"), ("conv5", "beta")}
    assert kinds == convolutions | {(layer, kind) for layer in ("hidde", "score") for kind in ("kernel", "bias")}
    graph.choose_trainable(0, "frozen")
    assert len(graph.model.trainable_variables) == 4
    graph.choose_trainable(5, "trained")
    assert any("conv1_conv/kernel" in v.path for v in graph.model.trainable_variables)


@pytest.mark.parametrize("kind", ["frozen", "trained"])
def test_frozen_batch_norms_keep_their_statistics_and_learn_their_scale(network, kind):
    graph = picture_graph(network, RULE, "float32")
    graph.choose_trainable(1, kind)
    graph.model.compile("sgd", loss="mse", run_eagerly=True)
    norm, lower = graph.body.get_layer("conv5_block1_1_bn"), graph.body.get_layer("conv4_block1_1_bn")
    before, below = norm.get_weights(), lower.get_weights()
    graph.model.train_on_batch({PICTURES: PIXELS}, np.ones((4, 2), np.float32))
    changed = [not np.array_equal(old, new) for old, new in zip(before, norm.get_weights(), strict=True)]
    assert changed == [True, True, kind == "trained", kind == "trained"]
    assert all(np.array_equal(old, new) for old, new in zip(below, lower.get_weights(), strict=True))


def test_its_gradient_is_that_of_the_network(network):
    """Max pooling by slices, and biases left out, change nothing else: against Keras' layers and TensorFlow's tape."""
    import tensorflow as tf

    graph = picture_graph(network, RULE, "float32")
    graph.choose_trainable(5, "trained")
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(graph.model({PICTURES: PIXELS}, training=False) ** 2)
    stem = tape.gradient(loss, graph.body.get_layer("conv1_conv").kernel.value).numpy()
    x = tf.constant(normalise(PIXELS, RULE))
    with tf.GradientTape() as tape:
        scores = tf.cast(network(x, training=False), tf.float64)
        loss = tf.reduce_sum((tf.math.log(scores) - tf.math.log1p(-scores)) ** 2)
    wanted = tape.gradient(loss, network.get_layer("conv1_conv").kernel.value).numpy()
    assert stem == pytest.approx(wanted, abs=1e-3 * float(np.abs(wanted).max()))


def test_the_weights_are_given_back(network):
    copy = training_form(SMALL, ("a", "b"), 64, 64, head=HeadForm(SMALL.taps, hidden=(3,)), dropout=0.5)
    picture_graph(network, RULE, "mixed_float16").give_back(copy)
    assert all(np.array_equal(a, b) for a, b in zip(network.get_weights(), copy.get_weights(), strict=True))
