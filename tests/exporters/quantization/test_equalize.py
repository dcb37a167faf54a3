from dataclasses import replace

import numpy as np
import pytest

from exporters.deploy import deploy
from exporters.quantization.equalize import FLOOR, channel_factors, equalize, rescale, streams
from exporters.quantization.observe import layer_outputs, quantized_layers
from exporters.quantization.reach import LIMITS, Reach, reaches
from models.resnet50 import RESNET50, inference_form


def test_every_quantized_tensor_belongs_to_one_stream(network):
    seen = [name for stream in streams(network.architecture) for name in stream.seen]
    assert sorted(seen) == sorted(quantized_layers(network))


@pytest.fixture(scope="module")
def reached(network, batches):
    return reaches(network, lambda: batches)


def test_every_convolution_writes_one_stream_and_all_but_the_first_read_one():
    found = list(streams(RESNET50))
    assert sorted(name for stream in found for name in stream.writers) == sorted(RESNET50.convolutions())
    assert sorted(name for stream in found for name in stream.readers) == sorted(
        set(RESNET50.convolutions()) - {"conv1"}
    )
    assert [stream.tap for stream in found if stream.tap] == list(RESNET50.taps)


@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_the_function_stays_what_it_was(network, reached, pictures, strength):
    before = inference_form(network).predict_on_batch(pictures)
    after = inference_form(equalize(network, reached, strength)).predict_on_batch(pictures)
    np.testing.assert_allclose(after, before, atol=5e-6)


@pytest.mark.parametrize("tapped", [False, True])
def test_factors_at_random_change_nothing_either(network, tiny_original, tapped_original, pictures, tapped):
    """A head that reads statistics multiplies by the factors, as a plain one and the convolutions do."""
    chance = np.random.default_rng(7)
    network = deploy([tiny_original, tapped_original]) if tapped else network
    changed = network
    for stream in streams(network.architecture):
        channels = network.convolutions[stream.writers[0]].bias.size
        changed = rescale(changed, stream, chance.uniform(0.2, 1, channels))
    before, after = (inference_form(form).predict_on_batch(pictures) for form in (network, changed))
    np.testing.assert_allclose(after, before, atol=5e-6)
    assert all(np.ptp(tap.scale) > 0.1 for head in changed.heads for tap in head.taps)


def test_channels_that_must_not_be_cut_reach_alike(network, pictures):
    """With full strength, in every tensor that has its factors to itself, all channels that are alive reach as high."""
    layers = [stream.seen[0] for stream in streams(network.architecture) if len(stream.seen) == 1]
    before = [values.max(axis=(0, 1, 2)) for values in layer_outputs(network, layers)(pictures)]
    dear = np.linspace(1e9, 0, len(LIMITS))[:, None]  # cutting costs more than any rounding does
    whole = replace_seen(network.architecture, layers)
    reached = {
        name: Reach(peaks.astype(np.float64), signed=False, noise=np.ones(peaks.size), cut=dear * np.ones(peaks.size))
        for name, peaks in zip(layers, before, strict=True)
    }
    equalized = equalize(network, reached | whole, 1.0)
    after = [values.max(axis=(0, 1, 2)) for values in layer_outputs(equalized, layers)(pictures)]
    alive = [peaks > FLOOR * peaks.max() for peaks in before]
    assert max(peaks[kept].max() / peaks[kept].min() for peaks, kept in zip(before, alive, strict=True)) > 2
    assert max(peaks[kept].max() / peaks[kept].min() for peaks, kept in zip(after, alive, strict=True)) < 1.01


def replace_seen(arch, layers):
    """Return a reach of one in every channel for the tensors of all other streams: nothing to equalize there."""
    left = {}
    for stage, width in enumerate(arch.widths, start=2):
        outs = [name for stream in streams(arch) for name in stream.seen if name.startswith(f"conv{stage}_")]
        left |= {name: 4 * width for name in outs if name not in layers}
    ones = {name: np.ones(channels) for name, channels in left.items()}
    return {
        name: Reach(one, signed=False, noise=one, cut=np.zeros((len(LIMITS), one.size))) for name, one in ones.items()
    }


def test_dead_channels_are_not_blown_up():
    factors = channel_factors(np.array([8.0, 2.0, 1e-9, 0.0]), 0.5)
    assert factors.tolist() == [1.0, 0.5, FLOOR, FLOOR]
    assert channel_factors(np.zeros(3), 0.5).tolist() == [1, 1, 1]


def test_the_original_network_is_left_alone(network, reached):
    kernels = {name: affine.kernel.copy() for name, affine in network.convolutions.items()}
    equalize(replace(network), reached)
    assert all(np.array_equal(kernels[name], network.convolutions[name].kernel) for name in kernels)
