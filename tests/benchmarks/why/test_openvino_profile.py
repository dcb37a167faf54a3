"""Layers written by hand, and what OpenVINO itself makes of a model with a float island."""

import pytest

from benchmarks.why.graph import float_islands
from benchmarks.why.profiles import openvino
from benchmarks.why.profiles.openvino import Layer, layer_nodes, layout_changes

LAYERS = (
    Layer("picture", "Input", "u8", "abcd", ()),
    Layer("planes", "Transpose", "u8", "abcd", ("picture",)),
    Layer("order", "Reorder", "u8", "acdb", ("planes",)),
    Layer("first", "Convolution", "u8", "acdb", ("order",)),
    Layer("pool", "Pooling", "u8", "acdb", ("first",)),
    Layer("softplus", "SoftPlus", "f32", "acdb", ("pool",)),
    Layer("same", "Reorder", "f32", "acdb", ("softplus",)),
    Layer("second", "Convolution", "u8", "acdb", ("same",)),
    Layer("head", "FullyConnected", "f32", "ab", ("second",)),
)


def test_bytes_are_quantized_from_the_first_arithmetic_on():
    assert [node.kind for node in layer_nodes(LAYERS)] == [
        *("other", "other", "other"),  # they move the picture's bytes
        *("quantized", "quantized", "float", "other", "quantized", "float"),
    ]


def test_the_island_is_found_and_the_head_is_none():
    assert float_islands(layer_nodes(LAYERS)) == (("SoftPlus",),)


def test_a_reorder_counts_where_it_changes_the_layout():
    assert layout_changes(LAYERS) == ("planes", "order")


def test_what_openvino_leaves_in_float_is_seen(island, batch, contender):
    why = openvino.profile(island, batch, contender)
    assert sum(one.nodes for one in why.operators if one.operator == "Convolution I8") == 2
    assert sum(one.share for one in why.operators) == pytest.approx(1)
    assert why.float_islands == 1
    assert why.profiler.startswith("OpenVINO 20")
