import numpy as np
import pytest

from exporters.quantization.covariance import Moments, input_moments
from exporters.quantization.gptq import round_network, round_second_order
from exporters.quantization.grid import round_to_nearest, weight_scales
from models.resnet50 import Affine


@pytest.fixture
def problem():
    """A 1x1 convolution whose inputs hang together, as channels of a network do, and are not centred."""
    chance = np.random.default_rng(3)
    mixing = chance.normal(size=(24, 24)) * np.geomspace(1, 0.01, 24)
    inputs = chance.normal(size=(4000, 24)) @ mixing + chance.uniform(0, 5, 24)
    moments = Moments(inputs.mean(axis=0), np.cov(inputs.T, bias=True))
    affine = Affine(chance.normal(size=(1, 1, 24, 9)).astype(np.float32), chance.normal(size=9).astype(np.float32))
    return affine, moments, inputs


def outputs(affine, inputs):
    return inputs @ affine.kernel[0, 0].astype(np.float64) + affine.bias


def test_the_outputs_move_less_than_by_rounding_to_nearest(problem):
    affine, moments, inputs = problem
    wanted = outputs(affine, inputs)
    second = round_second_order(affine, moments, limit=7)
    nearest = round_to_nearest(affine.kernel, limit=7)
    corrected = affine.bias + (affine.kernel - nearest)[0, 0].T @ moments.mean
    errors = [np.mean((outputs(given, inputs) - wanted) ** 2) for given in (second, Affine(nearest, corrected))]
    assert errors[0] < 0.5 * errors[1]


def test_the_mean_of_the_outputs_does_not_move(problem):
    affine, moments, inputs = problem
    rounded = round_second_order(affine, moments, limit=7)
    np.testing.assert_allclose(outputs(rounded, inputs).mean(axis=0), outputs(affine, inputs).mean(axis=0), atol=1e-4)


@pytest.mark.parametrize("limit", [7, 63, 127])
def test_the_grid_is_the_one_that_a_later_quantizer_finds(problem, limit):
    affine, moments, _ = problem
    rounded = round_second_order(affine, moments, limit)
    np.testing.assert_allclose(weight_scales(rounded.kernel, limit), weight_scales(affine.kernel, limit), rtol=1e-6)
    levels = rounded.kernel / weight_scales(rounded.kernel, limit)
    np.testing.assert_allclose(levels, np.rint(levels), atol=1e-3)
    np.testing.assert_allclose(round_to_nearest(rounded.kernel, limit), rounded.kernel, rtol=1e-5)


def test_uncorrelated_inputs_leave_nothing_to_pay_back():
    """With a diagonal covariance no weight can make up for another: each goes to its nearest level."""
    kernel = np.random.default_rng(0).normal(size=(1, 1, 16, 4)).astype(np.float32)
    moments = Moments(np.zeros(16), np.diag(np.linspace(1, 2, 16)))
    rounded = round_second_order(Affine(kernel, np.zeros(4, np.float32)), moments)
    np.testing.assert_allclose(rounded.kernel, round_to_nearest(kernel), atol=1e-6)


def test_inputs_that_were_always_the_same():
    kernel = np.random.default_rng(0).normal(size=(1, 1, 6, 4)).astype(np.float32)
    rounded = round_second_order(Affine(kernel, np.zeros(4, np.float32)), Moments(np.zeros(6), np.zeros((6, 6))))
    assert np.isfinite(rounded.kernel).all()


def test_moments_are_those_of_every_window(network, batches, pictures, monkeypatch):
    """Against numpy's covariance of all 3x3 windows of one layer, cut out by sliding_window_view."""
    import keras

    from exporters.quantization import covariance
    from models.resnet50 import inference_form

    monkeypatch.setattr(covariance, "POSITIONS", 4000)
    name = "conv2_block1_2"
    graph = inference_form(network)
    values = keras.Model(graph.input, graph.get_layer(f"{name}_conv").input).predict_on_batch(pictures)
    windows = np.lib.stride_tricks.sliding_window_view(values, (3, 3), axis=(1, 2))[:, ::2, ::2]
    flat = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, 9 * values.shape[-1]).astype(np.float64)
    found = input_moments(network, batches)[name]
    np.testing.assert_allclose(found.mean, flat.mean(axis=0), rtol=0.1, atol=0.05 * flat.std())
    difference = np.linalg.norm(found.covariance - np.cov(flat.T, bias=True))
    assert difference < 0.25 * np.linalg.norm(found.covariance)


def test_a_rounded_network_keeps_its_shape(network, batches):
    rounded = round_network(network, input_moments(network, batches))
    for name in network.architecture.convolutions():
        assert rounded.convolutions[name].kernel.shape == network.convolutions[name].kernel.shape
