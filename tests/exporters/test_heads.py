"""Heads that read statistics of several layers: against numpy, and on the way from Keras to the inference form."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from tapped import FORM, in_numpy, tapped_model
from tiny import TINY, randomise, tiny_spec

from exporters.deploy import deploy, deploy_model, join
from models.classifier import load_keras
from models.errors import NetworkError
from models.keras_file import save_keras
from models.preprocessing import normalise
from models.resnet50 import Affine, Head, HeadForm, features_form, features_size, inference_form, training_form


@pytest.mark.parametrize("taps", [TINY.taps, TINY.taps[::-2]])
@pytest.mark.parametrize("side", [64, 47])
def test_the_features_are_statistics_where_the_next_stage_reads(taps, side):
    model = randomise(training_form(TINY, ("blue",), side, side, head=HeadForm(taps)), seed=side)
    spec = tiny_spec("blue", side=side)
    pictures = np.random.default_rng(side).integers(0, 256, (3, side, side, 3)).astype(np.uint8)
    pictures[0] = 90
    pixels = normalise(pictures, spec.preprocessing)
    expected = in_numpy(model, pixels, taps)
    trained = keras.Model(model.input, model.get_layer("features").output).predict_on_batch(pixels)
    np.testing.assert_allclose(trained, expected, atol=1e-5)
    features = features_form(deploy_model(model, spec), taps).predict_on_batch(pictures)
    assert features.shape[1] == features_size(TINY, taps) == expected.shape[1]
    np.testing.assert_allclose(features, expected, atol=1e-5)


def test_a_tapped_head_beside_a_plain_one(tiny_original, tapped_original, pictures):
    """Through the file, which Keras alone can read, to one graph with the scores of both originals."""
    network = deploy([tiny_original, tapped_original])
    assert [len(head.taps) for head in network.heads] == [0, 5]
    pixels = normalise(pictures, tapped_original.manifest.spec.preprocessing)
    expected = [load_keras(original).predict_on_batch(pixels) for original in (tiny_original, tapped_original)]
    assert expected[1].std() > 0.01, "scores that do not differ would show nothing"
    for strides in ("moved", "trained"):
        scores = inference_form(network, strides=strides).predict_on_batch(pictures)
        np.testing.assert_allclose(scores, np.concatenate(expected, axis=1), atol=1e-5)


def test_single_layers_on_the_same_statistics_become_one(tiny_original, pictures):
    form = HeadForm(TINY.taps[1:])
    network = deploy_model(tapped_model(load_keras(tiny_original), form), tiny_spec("blue"))
    (head,) = network.heads
    other = Head(("pink",), (Affine(head.layers[0].kernel[::-1].copy(), head.layers[0].bias + 1),), head.taps)
    both = join([network, with_heads(network, other), deploy([tiny_original])])
    assert [head.labels for head in both.heads] == [("blue", "pink"), ("red", "green")]
    alone = [inference_form(with_heads(network, one)).predict_on_batch(pictures) for one in (head, other)]
    np.testing.assert_allclose(
        inference_form(both).predict_on_batch(pictures)[:, :2], np.concatenate(alone, axis=1), atol=1e-6
    )


def with_heads(network, *heads):
    return replace(network, heads=heads)


def test_the_file_does_not_depend_on_what_was_built_before(tmp_path):
    for name in ("first", "second"):
        keras.utils.set_random_seed(1)
        save_keras(training_form(TINY, ("blue",), 64, 64, head=FORM), tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_flat_channels_have_gradients():
    """Of a picture of one colour many channels are the same everywhere: the slope of a square root is infinite at 0."""
    import tensorflow as tf

    model = training_form(TINY, ("blue",), 64, 64, head=FORM)
    with tf.GradientTape() as tape:
        scores = model(np.zeros((2, 64, 64, 3), np.float32), training=True)
    slopes = tape.gradient(scores, model.trainable_weights)
    assert all(np.isfinite(slope).all() for slope in slopes if slope is not None)


def test_the_head_is_in_float32_whatever_the_body_is():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = training_form(TINY, ("blue",), 64, 64, head=FORM)
    finally:
        keras.config.set_dtype_policy("float32")
    assert model.get_layer("conv5_block2_out").output.dtype == "float16"
    assert {model.get_layer(name).output.dtype for name in ("features", "hidden0", "scores")} == {"float32"}
    assert model.get_layer("tap_pool1_pool_squared").output.dtype == "float32"


@pytest.mark.parametrize("taps", [("pool1_pool",), ("conv2_block1_1_relu", "conv5_block2_out"), TINY.taps + TINY.taps])
def test_taps_that_nobody_reads(taps):
    with pytest.raises(
        ValueError, match=r"taps must be some of pool1_pool, conv2_block1_out, .* with the last of them"
    ):
        training_form(TINY, ("blue",), 64, 64, head=HeadForm(taps))


def test_other_statistics_are_refused(tapped_original):
    """A file in which the deviation of one layer is about nothing, and all names are as they were."""
    config = load_keras(tapped_original).get_config()
    squared = next(layer for layer in config["layers"] if layer["name"] == "tap_pool1_pool_squared")
    centred = next(layer for layer in config["layers"] if layer["name"] == "tap_pool1_pool_centred")
    pooled = centred["inbound_nodes"][0]["args"][0][0]
    squared["inbound_nodes"][0]["args"] = [[pooled, pooled]]
    with pytest.raises(NetworkError, match=r"other statistics than rct train's \(got another tap_pool1_pool_centred\)"):
        deploy_model(keras.Model.from_config(config), tiny_spec("blue"))


def test_taps_want_pictures_that_leave_the_last_stage_neighbours():
    with pytest.raises(ValueError, match=r"more than 32 pixels a side \(got 64x32\)"):
        training_form(TINY, ("blue",), 64, 32, head=HeadForm(TINY.taps))
