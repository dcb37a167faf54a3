from dataclasses import replace

import numpy as np
import pytest

from exporters.quantization.equalize import FLOOR, channel_factors, equalize, rescale, streams
from exporters.quantization.observe import layer_outputs, quantized_layers
from models.resnet50 import RESNET50, inference_form


def test_every_quantized_tensor_belongs_to_one_stream():
    seen = [name for stream in streams(RESNET50) for name in stream.seen]
    assert sorted(seen) == sorted(quantized_layers(RESNET50))


def test_every_convolution_writes_one_stream_and_all_but_the_first_read_one():
    found = list(streams(RESNET50))
    assert sorted(name for stream in found for name in stream.writers) == sorted(RESNET50.convolutions())
    assert sorted(name for stream in found for name in stream.readers) == sorted(
        set(RESNET50.convolutions()) - {"conv1"}
    )
    assert [stream.head for stream in found].count(True) == 1


@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_the_function_stays_what_it_was(network, batches, pictures, strength):
    before = inference_form(network).predict_on_batch(pictures)
    after = inference_form(equalize(network, batches, strength)).predict_on_batch(pictures)
    np.testing.assert_allclose(after, before, atol=5e-6)


def test_factors_at_random_change_nothing_either(network, pictures):
    chance = np.random.default_rng(7)
    changed = network
    for stream in streams(network.architecture):
        channels = network.convolutions[stream.writers[0]].bias.size
        changed = rescale(changed, stream, chance.uniform(0.2, 1, channels))
    before, after = (inference_form(form).predict_on_batch(pictures) for form in (network, changed))
    np.testing.assert_allclose(after, before, atol=5e-6)


def test_channels_reach_alike(network, batches, pictures):
    """With full strength, in every tensor that has its factors to itself, all channels that are alive reach as high."""
    layers = [stream.seen[0] for stream in streams(network.architecture) if len(stream.seen) == 1]
    forms = (network, equalize(network, batches, 1.0))
    before, after = (
        [values.max(axis=(1, 2)).mean(axis=0) for values in layer_outputs(form, layers)(pictures)] for form in forms
    )
    alive = [peaks > FLOOR * peaks.max() for peaks in before]
    assert max(peaks[kept].max() / peaks[kept].min() for peaks, kept in zip(before, alive, strict=True)) > 2
    assert max(peaks[kept].max() / peaks[kept].min() for peaks, kept in zip(after, alive, strict=True)) < 1.01


def test_dead_channels_are_not_blown_up():
    factors = channel_factors(np.array([8.0, 2.0, 1e-9, 0.0]), 0.5)
    assert factors.tolist() == [1.0, 0.5, FLOOR, FLOOR]
    assert channel_factors(np.zeros(3), 0.5).tolist() == [1, 1, 1]


def test_the_original_network_is_left_alone(network, batches):
    kernels = {name: affine.kernel.copy() for name, affine in network.convolutions.items()}
    equalize(replace(network), batches)
    assert all(np.array_equal(kernels[name], network.convolutions[name].kernel) for name in kernels)
