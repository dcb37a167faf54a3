import numpy as np
import pytest
from tiny import TINY, randomise, tiny_spec

from exporters.deploy import deploy_model
from exporters.quantization.grid import round_to_nearest, weight_scales
from exporters.quantization.nearest import round_nearest
from exporters.quantization.neutral import neutral_pixel, round_first_to_half
from models.preprocessing import normalise
from models.resnet50 import training_form


@pytest.fixture(scope="module")
def spec():
    return tiny_spec("one", scale=[0.0171, 0.0175, 0.0174], offset=[-2.118, -2.036, -1.804], channel_order="rgb")


@pytest.fixture(scope="module")
def network(spec):
    return deploy_model(randomise(training_form(TINY, spec.labels, 64, 64), seed=8), spec)


def test_weights_lie_on_a_grid_that_can_be_found_again():
    kernel = np.random.default_rng(0).normal(size=(3, 3, 5, 7)).astype(np.float32)
    rounded = round_to_nearest(kernel)
    levels = rounded / (np.abs(rounded).reshape(-1, 7).max(axis=0) / 127)
    np.testing.assert_allclose(levels, np.rint(levels), atol=1e-4)
    np.testing.assert_allclose(round_to_nearest(rounded), rounded, rtol=1e-6)
    assert np.abs(kernel - rounded).max() <= 0.51 * weight_scales(kernel).max()


def test_a_channel_without_weights_keeps_none():
    assert weight_scales(np.zeros((1, 1, 2, 3))).tolist() == [1, 1, 1]
    assert not round_to_nearest(np.zeros((1, 1, 2, 3), np.float32)).any()


def test_neutral_pixels_normalise_to_zero(spec):
    pixel = neutral_pixel(spec.preprocessing)
    rule = spec.preprocessing
    np.testing.assert_allclose(pixel[:3] * rule.scale + rule.offset, 0, atol=1e-12)
    assert pixel[3] == 255
    nearest = np.rint(pixel[:3]).astype(np.uint8)
    assert np.abs(normalise(nearest, rule)).max() < 0.02


@pytest.mark.parametrize("rounding", [round_nearest, round_first_to_half])
def test_rounding_leaves_neutral_pixels_where_they_were(network, spec, rounding):
    """Where all 7x7 taps see neutral pixels, the first convolution gives its bias, as it did before."""
    before, after = network.convolutions["conv1"], rounding(network, spec.preprocessing).convolutions["conv1"]
    assert np.abs(after.kernel - before.kernel).max() > 0
    given = np.einsum("hwio,i->o", after.kernel.astype(np.float64), neutral_pixel(spec.preprocessing)) + after.bias
    np.testing.assert_allclose(given, before.bias, atol=1e-4)


def test_even_surfaces_of_any_colour_pass_as_before(network, spec):
    """Rounding each weight on its own moves them; what a window leaves over is less than its smallest step."""
    before = network.convolutions["conv1"].kernel.astype(np.float64)
    after = round_first_to_half(network, spec.preprocessing).convolutions["conv1"].kernel
    alone = before.astype(np.float16)
    moved = np.abs((after - before).sum(axis=(0, 1)))[:3].max()
    assert moved < 0.2 * np.abs((alone - before).sum(axis=(0, 1)))[:3].max()
    assert (after.astype(np.float16) == after).all()


def test_only_the_first_convolution_is_rounded_to_half(network, spec):
    after = round_first_to_half(network, spec.preprocessing).convolutions
    assert [name for name in after if after[name] is not network.convolutions[name]] == ["conv1"]
    assert (after["conv1"].kernel.astype(np.float16) == after["conv1"].kernel).all()
