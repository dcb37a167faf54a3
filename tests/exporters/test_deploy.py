from dataclasses import replace

import keras
import numpy as np
import pytest
from tiny import TINY, randomise, tiny_spec, write_original

from exporters.deploy import (
    backbone_sha256,
    deploy,
    deploy_model,
    fold_batch_norm,
    fold_normalisation,
    fold_score_calibration,
    fold_score_calibrations,
    join,
    read_blocks,
)
from models.classifier import load_keras
from models.errors import NetworkError, UserError
from models.preprocessing import normalise
from models.resnet50 import Affine, Head, inference_form, training_form


@pytest.fixture(scope="module")
def network(tiny_original):
    return deploy([tiny_original])


@pytest.fixture(scope="module")
def expected(tiny_original, pictures):
    """What the original says of the pictures, by Keras itself."""
    rule = tiny_original.manifest.spec.preprocessing
    return load_keras(tiny_original).predict_on_batch(normalise(pictures, rule))


def test_a_folded_batch_norm_is_the_convolution_and_then_the_norm():
    chance = np.random.default_rng(0)
    kernel, bias = chance.normal(size=(3, 3, 4, 5)), chance.normal(size=5)
    gamma, beta, mean = chance.normal(size=(3, 5))
    variance = chance.uniform(0.1, 2, 5)
    convolution, norm = keras.layers.Conv2D(5, 3), keras.layers.BatchNormalization(epsilon=1e-3)
    pictures = chance.normal(size=(2, 9, 9, 4)).astype(np.float32)
    norm.build((None, 7, 7, 5))
    convolution.build((None, 9, 9, 4))
    convolution.set_weights([kernel, bias])
    norm.set_weights([gamma, beta, mean, variance])
    folded = fold_batch_norm(Affine(kernel, bias), gamma, beta, mean, variance, 1e-3)
    alone = keras.layers.Conv2D(5, 3)
    alone.build((None, 9, 9, 4))
    alone.set_weights([folded.kernel, folded.bias])
    np.testing.assert_allclose(alone(pictures), norm(convolution(pictures), training=False), atol=2e-5)


@pytest.mark.parametrize("order", ["rgb", "bgr"])
def test_the_constant_channel_takes_the_mean_away_and_leaves_the_padding_at_zero(order):
    """Against the plain way in float64: normalise, then pad with zeros, then correlate."""
    rule = tiny_spec("one", channel_order=order, scale=[0.017, 0.018, 0.019]).preprocessing
    chance = np.random.default_rng(1)
    kernel = chance.normal(size=(7, 7, 3, 2))
    picture = chance.integers(0, 256, (64, 64, 3)).astype(np.uint8)
    normalised = normalise(picture, rule).astype(np.float64)
    folded = fold_normalisation(Affine(kernel, np.zeros(2, np.float32)), rule)
    with_constant = np.concatenate([picture, np.full((64, 64, 1), 255)], axis=-1).astype(np.float64)
    np.testing.assert_allclose(
        correlate(with_constant, folded.kernel.astype(np.float64)), correlate(normalised, kernel), atol=2e-4
    )


def correlate(picture, kernel):
    padded = np.pad(picture, ((3, 3), (3, 3), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape[:2], axis=(0, 1))
    return np.einsum("yxcij,ijco->yxo", windows, kernel)


def test_the_inference_form_is_the_original(network, expected, pictures):
    scores = inference_form(network).predict_on_batch(pictures)
    np.testing.assert_allclose(scores, expected, atol=2e-6)
    assert expected.std() > 0.05, "scores that do not differ would show nothing"


def test_moving_the_strides_changes_nothing(network, pictures):
    moved = inference_form(network, strides="moved").predict_on_batch(pictures)
    trained = inference_form(network, strides="trained").predict_on_batch(pictures)
    np.testing.assert_allclose(moved, trained, atol=1e-6)


def test_moved_strides_do_less_work(network):
    """Half of the sides, and so a quarter of the positions, wherever the next stage would have skipped the rest."""
    for strides, side in (("moved", 4), ("trained", 8)):
        model = inference_form(network, strides=strides)
        assert model.get_layer("conv3_block2_out").output.shape[1:3] == (side, side)


def test_no_normalisation_is_left_in_the_inference_form(network):
    model = inference_form(network)
    assert model.input.dtype == "uint8"
    kinds = {type(layer).__name__ for layer in model.layers}
    assert not kinds & {"BatchNormalization", "Rescaling", "Normalization", "Subtract"}


@pytest.mark.parametrize("side", [33, 47, 62, 65])
def test_sides_that_do_not_halve_evenly(side):
    spec = tiny_spec("one", side=side)
    model = randomise(training_form(TINY, spec.labels, side, side), seed=side)
    pictures = np.random.default_rng(side).integers(0, 256, (3, side, side, 3)).astype(np.uint8)
    scores = inference_form(deploy_model(model, spec)).predict_on_batch(pictures)
    expected = model.predict_on_batch(normalise(pictures, spec.preprocessing))
    np.testing.assert_allclose(scores, expected, atol=2e-6)


def test_reading_blocks_of_pixels_changes_nothing(network, expected, pictures):
    blocks = read_blocks(network)
    assert blocks.convolutions["conv1"].kernel.shape == (4, 4, 16, 8)
    np.testing.assert_allclose(inference_form(blocks).predict_on_batch(pictures), expected, atol=2e-6)


def test_blocks_need_even_sides(network):
    spec = tiny_spec("one", side=33)
    odd = deploy_model(training_form(TINY, spec.labels, 33, 33), spec)
    with pytest.raises(ValueError, match=r"even sides and plain pixels \(got 33x33\)"):
        read_blocks(odd)
    with pytest.raises(ValueError, match="plain pixels"):
        read_blocks(read_blocks(network))


def on_the_same_backbone(model, labels, seed):
    other = training_form(TINY, labels, 64, 64)
    for layer in other.layers:
        if layer.name != "scores":
            layer.set_weights(model.get_layer(layer.name).get_weights())
    other.get_layer("scores").set_weights(
        [np.random.default_rng(seed).normal(size=weight.shape) for weight in other.get_layer("scores").get_weights()]
    )
    return other


def test_two_classifiers_on_one_backbone_become_one_graph(tiny_original, expected, pictures, tmp_path):
    spec = tiny_spec("blue")
    model = on_the_same_backbone(load_keras(tiny_original), spec.labels, seed=9)
    blue = write_original(tmp_path / "blue", model, spec)
    network = deploy([tiny_original, blue])
    assert network.labels == ("red", "green", "blue")
    assert len(network.heads) == 1, "heads of one layer are one layer"
    alone = model.predict_on_batch(normalise(pictures, spec.preprocessing))
    joined = inference_form(network).predict_on_batch(pictures)
    np.testing.assert_allclose(joined, np.concatenate([expected, alone], axis=1), atol=2e-6)


def test_heads_of_several_layers_stand_side_by_side(tiny_original, network, expected, pictures):
    base = load_keras(tiny_original)
    hidden = keras.layers.Dense(5, activation="relu", name="hidden")(base.get_layer("avg_pool").output)
    dropped = keras.layers.Dropout(0.5)(hidden)
    deep = keras.Model(base.input, keras.layers.Dense(1, activation="sigmoid", name="blue")(dropped))
    spec = tiny_spec("blue")
    both = join([network, deploy_model(deep, spec)])
    scores = inference_form(both).predict_on_batch(pictures)
    alone = deep.predict_on_batch(normalise(pictures, spec.preprocessing))
    np.testing.assert_allclose(scores, np.concatenate([expected, alone], axis=1), atol=5e-6)


def test_another_backbone_is_not_joined(tiny_original, network, tmp_path):
    spec = tiny_spec("blue")
    other = deploy_model(randomise(training_form(TINY, spec.labels, 64, 64), seed=2), spec)
    assert backbone_sha256(other) != backbone_sha256(network)
    with pytest.raises(UserError, match=r"blue: another backbone than red, green\. Export them one by one\."):
        join([network, other])


def test_a_category_may_not_occur_twice(tiny_original):
    with pytest.raises(UserError, match=r"a category occurs twice \(got green, red\)"):
        deploy([tiny_original, tiny_original])


def test_score_calibration_moves_the_logits(network, expected, pictures):
    """Platt scaling in the head is Platt scaling of the scores."""
    slope, intercept = np.array([0.5, 2.0]), np.array([-1.0, 0.25])
    head = fold_score_calibration(network.heads[0], slope, intercept)
    scores = inference_form(replace(network, heads=(head,))).predict_on_batch(pictures)
    logits = np.log(expected / (1 - expected)) * slope + intercept
    np.testing.assert_allclose(scores, 1 / (1 + np.exp(-logits)), atol=5e-6)
    with pytest.raises(ValueError, match="slopes must be positive"):
        fold_score_calibration(network.heads[0], -slope, intercept)


def test_score_calibration_goes_to_the_heads_in_the_order_of_the_scores(network, pictures):
    """Two heads, of two categories and of one, whose last layers alone change."""
    first, deep = network.heads[0], deep_head()
    two = replace(network, heads=(first, deep))
    slope, intercept = np.array([0.5, 2.0, 3.0]), np.array([-1.0, 0.25, 0.75])
    before = inference_form(two).predict_on_batch(pictures)
    folded = fold_score_calibrations(two, slope, intercept)
    after = inference_form(folded).predict_on_batch(pictures)
    logits = np.log(before / (1 - before)) * slope + intercept
    np.testing.assert_allclose(after, 1 / (1 + np.exp(-logits)), atol=1e-5)
    assert folded.heads[1].layers[0] is deep.layers[0]
    same = fold_score_calibrations(two, np.ones(3), np.zeros(3))
    for one, other in zip(same.heads, two.heads, strict=True):
        np.testing.assert_array_equal(one.layers[-1].kernel, other.layers[-1].kernel)
        np.testing.assert_array_equal(one.layers[-1].bias, other.layers[-1].bias)
    with pytest.raises(ValueError, match="slopes must be positive"):
        fold_score_calibrations(two, np.array([1.0, 1.0, 0.0]), intercept)


def deep_head():
    chance = np.random.default_rng(8)
    layers = [Affine(chance.normal(0, 0.3, shape).astype(np.float32), np.zeros(shape[1], np.float32))
              for shape in ((TINY.widths[-1] * 4, 5), (5, 1))]  # fmt: skip
    return Head(("third",), tuple(layers))


def sequential(*head):
    """A classifier as many write it: keras.Sequential around a nested backbone."""
    backbone = training_form(TINY, ("x",), 64, 64)
    nested = keras.Model(backbone.input, backbone.get_layer("conv5_block2_out").output)
    return keras.Sequential([keras.Input((64, 64, 3)), nested, keras.layers.GlobalAveragePooling2D(), *head])


def test_a_nested_backbone(pictures):
    model = randomise_nested(sequential(keras.layers.Dense(1, activation="sigmoid")))
    spec = tiny_spec("one")
    scores = inference_form(deploy_model(model, spec)).predict_on_batch(pictures)
    np.testing.assert_allclose(scores, model.predict_on_batch(normalise(pictures, spec.preprocessing)), atol=2e-6)


def randomise_nested(model):
    for layer in model.layers:
        if hasattr(layer, "layers"):
            randomise(layer, seed=4)
    return model


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ([keras.layers.Dense(2, activation="softmax")], r"must end in one sigmoid, with relu before \(got softmax\)"),
        ([keras.layers.Dense(1)], r"must end in one sigmoid, with relu before \(got none\)"),
        ([keras.layers.Dense(3, activation="sigmoid")], "3 outputs for 1 categories"),
        ([keras.layers.BatchNormalization(name="norm")], r"not pooling and Dense layers \(got norm\)"),
        ([], r"not pooling and Dense layers \(got no Dense layer\)"),
    ],
)
def test_heads_that_cannot_be_deployed(head, message):
    with pytest.raises(NetworkError, match=message):
        deploy_model(sequential(*head), tiny_spec("one"))


def test_another_network():
    model = keras.Sequential([keras.Input((64, 64, 3)), keras.layers.Conv2D(3, 3), keras.layers.Dense(1)])
    with pytest.raises(NetworkError, match="one: not a tiny: it has no layer conv1_conv"):
        deploy_model(model, tiny_spec("one"))


@pytest.mark.slow
def test_the_full_resnet50_is_keras_applications_in_its_inference_form_too():
    theirs = keras.applications.ResNet50(weights=None, include_top=False, pooling="avg")
    randomise(theirs, seed=3)
    scores = keras.layers.Dense(1, activation="sigmoid")
    model = keras.Model(theirs.input, scores(theirs.output))
    scores.set_weights([0.02 * np.random.default_rng(3).normal(size=(2048, 1)), np.zeros(1)])
    spec = tiny_spec("one", side=224).model_copy(update={"backbone": "resnet50"})
    pictures = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3)).astype(np.uint8)
    expected = model.predict_on_batch(keras.applications.resnet50.preprocess_input(pictures.astype(np.float32)))
    network = deploy_model(model, spec)
    for form in (network, read_blocks(network)):
        np.testing.assert_allclose(inference_form(form).predict_on_batch(pictures), expected, atol=1e-5)
