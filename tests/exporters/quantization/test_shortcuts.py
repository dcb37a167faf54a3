import numpy as np
import pytest

from exporters.calibration import calibrator
from exporters.quantization.observe import layer_outputs, quantized_layers
from exporters.quantization.ranges import measure
from exporters.quantization.shortcuts import align, join_shortcuts
from models.resnet50 import inference_form


@pytest.fixture(scope="module")
def joined(network):
    return join_shortcuts(network)


def test_joined_shortcuts_compute_the_same(network, joined, pictures):
    before, after = (inference_form(form).predict_on_batch(pictures) for form in (network, joined))
    np.testing.assert_allclose(after, before, atol=5e-6)


def test_a_joined_convolution_reads_its_own_channels_and_then_the_shortcuts(network, joined):
    assert (network.shortcuts, joined.shortcuts) == ("added", "joined")
    assert set(network.convolutions) - set(joined.convolutions) == {f"conv{stage}_block1_0" for stage in (2, 3, 4, 5)}
    kernel = joined.convolutions["conv3_block1_3"].kernel
    np.testing.assert_array_equal(kernel[:, :, :8], network.convolutions["conv3_block1_3"].kernel)
    np.testing.assert_array_equal(kernel[:, :, 8:], network.convolutions["conv3_block1_0"].kernel)


def test_four_additions_less_are_rounded(network, joined):
    gone = set(quantized_layers(network)) - set(quantized_layers(joined))
    assert gone == {f"conv{stage}_block1_{branch}_conv" for stage in (2, 3, 4, 5) for branch in (0, 3)}


def test_what_is_joined_has_one_range_afterwards(joined, batches, pictures):
    ranges = measure(joined, batches, calibrator("minmax"))
    aligned, after = align(joined, ranges)
    before_stage = {2: "conv1_relu", 3: "conv2_block1_out", 4: "conv3_block2_out", 5: "conv4_block2_out"}
    for stage, shortcut in before_stage.items():
        inner = f"conv{stage}_block1_2_relu"
        assert after[inner] == after[shortcut] == ranges[shortcut]
        assert layer_outputs(aligned, [inner])(pictures)[0].max() == pytest.approx(ranges[shortcut][1], rel=1e-4)
    scores = (inference_form(form).predict_on_batch(pictures) for form in (joined, aligned))
    np.testing.assert_allclose(*scores, atol=5e-6)
