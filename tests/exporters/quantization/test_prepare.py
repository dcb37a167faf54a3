import numpy as np
import pytest

from exporters.calibration import calibrator
from exporters.calibration.pictures import calibration_set
from exporters.quantization.grid import weight_scales
from exporters.quantization.observe import quantized_layers
from exporters.quantization.prepare import prepare, weight_limit
from exporters.quantization.ranges import measure
from exporters.quantization.simulate import logits, simulated_form
from models.errors import UnknownName
from models.resnet50 import inference_form


@pytest.fixture(scope="module")
def rule(tiny_original):
    return tiny_original.manifest.spec.preprocessing


def test_ranges_are_the_extremes_that_keras_computes(network, batches, pictures):
    import keras

    graph = inference_form(network)
    layer = "conv2_block1_3_conv"
    values = keras.Model(graph.input, graph.get_layer(layer).output).predict_on_batch(pictures)
    ranges = measure(network, batches, calibrator("minmax"))
    assert set(ranges) == set(quantized_layers(network))
    assert ranges[layer] == pytest.approx((min(0, values.min()), max(0, values.max())), rel=1e-5)


@pytest.mark.parametrize("rounding", ["nearest", "second-order"])
def test_what_is_prepared_lies_on_its_grid(network, rule, calibration_folder, rounding):
    said = []
    pictures = calibration_set(calibration_folder)
    prepared = prepare(network, rule, pictures, said.append, method="minmax", rounding=rounding)
    for affine in prepared.network.convolutions.values():
        levels = affine.kernel / weight_scales(affine.kernel)
        np.testing.assert_allclose(levels, np.rint(levels), atol=1e-3)
    assert prepared.calibration.method == "minmax"
    assert prepared.calibration.pictures == 24
    assert any("measuring activations on 24 pictures (minmax)" in line for line in said)


@pytest.fixture(scope="module")
def prepared(network, rule, calibration_folder):
    """As it is done where nothing else is asked for."""
    return prepare(network, rule, calibration_set(calibration_folder), lambda _: None)


def test_second_order_rounding_stays_nearer_to_the_original(network, rule, calibration_folder, pictures, prepared):
    expected = inference_form(network).predict_on_batch(pictures)
    errors = {}
    nearest = prepare(network, rule, calibration_set(calibration_folder), lambda _: None, rounding="nearest")
    for rounding, one in {"nearest": nearest, "second-order": prepared}.items():
        scores = simulated_form(one.network, one.ranges).predict_on_batch(pictures)
        errors[rounding] = np.abs(scores - expected).mean()
    assert errors["second-order"] < errors["nearest"]


def test_the_simulation_gives_only_levels_of_the_grid(network, batches, pictures):
    import keras

    ranges = measure(network, batches, calibrator("minmax"))
    model = simulated_form(network, ranges)
    pooled = keras.Model(model.input, model.get_layer("pool1_pool").output).predict_on_batch(pictures)
    step = ranges["conv1_relu"][1] / 255
    np.testing.assert_allclose(pooled / step, np.rint(pooled / step), atol=1e-3)
    assert len(np.unique(np.rint(pooled / step))) > 50


def test_logits_are_those_of_the_scores(network, batches, pictures):
    graph = inference_form(network)
    scores = 1 / (1 + np.exp(-logits(graph, batches)))
    np.testing.assert_allclose(scores, graph.predict_on_batch(pictures), atol=1e-6)


def test_what_is_prepared_says_what_the_original_says(network, rule, calibration_folder, prepared):
    pictures = calibration_set(calibration_folder)
    batches = list(pictures.batches(rule, 8))
    expected = inference_form(network).predict_on_batch(np.concatenate(batches))
    np.testing.assert_allclose(prepared.reference.scores, expected, atol=1e-6)
    simulated = logits(simulated_form(prepared.network, prepared.ranges), batches)
    wanted = logits(inference_form(network), batches)
    np.testing.assert_allclose(simulated.mean(axis=0), wanted.mean(axis=0), atol=1e-4)


def test_weight_limits_by_processor():
    assert (weight_limit(None), weight_limit("avx2")) == (127, 63)
    with pytest.raises(UnknownName, match=r"processor: unknown name \(got 'z80'\)\. Known: arm, avx2, vnni\."):
        weight_limit("z80")
