import numpy as np
import pytest

from exporters.deploy import read_blocks
from exporters.litert.first import centred, paired, plain
from models.preprocessing import Preprocessing
from models.resnet50 import Affine, InferenceNetwork, inference_form


def network_of(height, width, tiny_backbone, network, kernel=None):
    """The tiny network for pictures of another size, and with another first kernel."""
    first = network.convolutions["conv1"]
    convolutions = {**network.convolutions, "conv1": first if kernel is None else Affine(kernel, first.bias)}
    return InferenceNetwork(tiny_backbone, height, width, convolutions, network.heads)


def convolve(first, values):
    """The definition, by a loop over taps."""
    (top, bottom), (left, right) = first.pads
    padded = np.pad(values.astype(np.float64), ((0, 0), (top, bottom), (left, right), (0, 0)))
    rows, columns = first.kernel.shape[:2]
    height, width = (
        (side - size) // stride + 1
        for side, size, stride in zip(padded.shape[1:3], (rows, columns), first.strides, strict=True)
    )
    result = np.zeros((len(values), height, width, first.kernel.shape[3])) + first.bias
    for row in range(rows):
        for column in range(columns):
            seen = padded[:, row :: first.strides[0], column :: first.strides[1]][:, :height, :width]
            result += seen @ first.kernel[row, column].astype(np.float64)
    return result


def by_keras(network, pictures):
    import keras

    graph = inference_form(network)
    return keras.Model(graph.input, graph.get_layer("conv1_conv").output).predict_on_batch(pictures)


def with_255(pictures):
    return np.concatenate([pictures, np.full((*pictures.shape[:3], 1), 255, np.uint8)], axis=3)


SIZES = [(64, 64), (37, 50), (64, 33)]


def random_pictures(height, width):
    return np.random.default_rng(3).integers(0, 256, (2, height, width, 3)).astype(np.uint8)


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_as_it_is(tiny_backbone, network, height, width):
    resized = network_of(height, width, tiny_backbone, network)
    pictures = random_pictures(height, width)
    ours = convolve(plain(resized), with_255(pictures))
    np.testing.assert_allclose(ours, by_keras(resized, pictures), atol=1e-4)


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_on_centred_pixels(tiny_backbone, network, rule, height, width):
    resized = network_of(height, width, tiny_backbone, network)
    pictures = random_pictures(height, width)
    centre = -np.array(rule.offset) / np.array(rule.scale)
    np.testing.assert_allclose(
        convolve(centred(resized, rule), pictures - centre), by_keras(resized, pictures), atol=1e-4
    )


@pytest.mark.parametrize(("height", "width"), [size for size in SIZES if size[1] % 2 == 0])
def test_on_pairs_of_columns(tiny_backbone, network, height, width):
    resized = network_of(height, width, tiny_backbone, network)
    pictures = random_pictures(height, width)
    pairs = np.full((2, height, width // 2, 8), 255, np.uint8)
    pairs[..., :3], pairs[..., 3:6] = pictures[:, :, 0::2], pictures[:, :, 1::2]
    np.testing.assert_allclose(convolve(paired(resized), pairs), by_keras(resized, pictures), atol=1e-4)


def test_pairs_hold_the_same_levels(rounded):
    """Every weight of the kernel is there once, and the others are zeros: no grid moves."""
    kernel, pairs = rounded.convolutions["conv1"].kernel, paired(rounded).kernel
    for channel in range(kernel.shape[3]):
        before = np.sort(kernel[..., channel][kernel[..., channel] != 0], axis=None)
        after = np.sort(pairs[..., channel][pairs[..., channel] != 0], axis=None)
        np.testing.assert_array_equal(before, after)


def test_what_rounding_left_of_the_mean_goes_into_the_bias(tiny_backbone, network, rule):
    """Away from the border a kernel whose constants do not cancel the mean is the same function too."""
    chance = np.random.default_rng(1)
    kernel = network.convolutions["conv1"].kernel
    crooked = kernel + 1e-3 * chance.normal(size=kernel.shape).astype(np.float32)
    changed = network_of(64, 64, tiny_backbone, network, crooked)
    pictures = random_pictures(64, 64)
    centre = -np.array(rule.offset) / np.array(rule.scale)
    ours = convolve(centred(changed, rule), pictures - centre)
    np.testing.assert_allclose(ours[:, 2:-2, 2:-2], by_keras(changed, pictures)[:, 2:-2, 2:-2], atol=1e-3)


def test_the_neutral_pixel_is_in_red_green_blue_order(network):
    rule = {"width": 64, "height": 64, "resize": {"width": 64, "height": 64}, "channel_order": "bgr"}
    rule |= {"offset": [-10.0, -20.0, -40.0], "scale": [1.0, 2.0, 4.0]}
    kernel = np.zeros_like(network.convolutions["conv1"].kernel)
    kernel[3, 3, :3] = np.array([1.0, 100.0, 10000.0])[:, None]
    convolutions = {**network.convolutions, "conv1": Affine(kernel, np.zeros(kernel.shape[3], np.float32))}
    only_colours = InferenceNetwork(network.architecture, 64, 64, convolutions, network.heads)
    # red 10 times 1, green 20 / 2 times 100, blue 40 / 4 times 10000
    assert centred(only_colours, Preprocessing.model_validate(rule)).bias == pytest.approx(10 + 1000 + 100000)


def test_pairs_need_an_even_width(tiny_backbone, network):
    with pytest.raises(ValueError, match=r"an even width \(got 33\)"):
        paired(network_of(64, 33, tiny_backbone, network))


def test_blocks_are_another_form_already(network):
    with pytest.raises(ValueError, match="must read pixels, not blocks"):
        plain(read_blocks(network))
