from itertools import pairwise

import numpy as np
import pytest

from exporters.quantization.float_layers import expand, float_nodes, rounded_by, worst_first
from exporters.quantization.observe import quantized_layers
from exporters.quantization.shortcuts import join_shortcuts
from models.errors import UserError


@pytest.fixture(scope="module")
def joined(network):
    return join_shortcuts(network)


def test_names_are_convolutions_blocks_and_stages(network, joined):
    assert expand(["conv3_block2"], network) == ("conv3_block2_1", "conv3_block2_2", "conv3_block2_3")
    assert expand(["conv5_block2_3", "conv1"], joined) == ("conv1", "conv5_block2_3")
    assert len(expand(["conv3"], joined)) == 6
    assert expand(["conv2_block1_0"], joined) == ("conv2_block1_3",), "joined shortcuts are part of it"
    with pytest.raises(UserError, match=r"--float-layers: no such layer \(got 'conv9'\)\. Name a convolution as"):
        expand(["conv9"], network)


def test_all_in_float_is_every_node_in_float(joined):
    import keras

    from models.resnet50 import inference_form

    moving = (keras.layers.Add, keras.layers.Concatenate, keras.layers.MaxPooling2D, keras.layers.Conv2D)
    every = {layer.name for layer in inference_form(joined).layers if isinstance(layer, moving)} - {"logits"}
    assert float_nodes(joined, tuple(joined.convolutions)) == every
    assert float_nodes(joined, ()) == frozenset()


def test_an_activation_is_rounded_by_what_writes_it_and_what_reads_it(network, joined):
    for form in (network, joined):
        assert set(rounded_by(form)) == set(quantized_layers(form))
    users = rounded_by(joined)
    assert users["conv1_relu"] == {"conv1", "conv2_block1_1", "conv2_block1_3"}
    assert users["conv3_block1_1_relu"] == {"conv3_block1_1", "conv3_block1_2"}
    assert users["conv3_block1_out"] == {"conv3_block1_3", "conv3_block2_1", "conv3_block2_3"}
    assert users["conv3_block2_3_conv"] == {"conv3_block2_3"}
    assert users["conv5_block2_out"] == {"conv5_block2_3"}, "the head is in float anyway"
    assert rounded_by(network)["conv2_block1_0_conv"] == {"conv2_block1_0", "conv2_block1_3"}


def test_the_worst_activation_is_freed_first(joined):
    chance = np.random.default_rng(3)
    errors = {name: float(error) for name, error in zip(rounded_by(joined), chance.random(99), strict=False)}
    errors["conv3_block1_1_relu"] = 5.0
    errors["conv1_relu"] = 9.0
    steps = list(worst_first(joined, errors, without=["conv1"]))
    assert steps[0] == ("conv3_block1_1", "conv3_block1_2")
    assert all(set(before) < set(after) for before, after in pairwise(steps))
    assert not any("conv1" in step for step in steps)
