"""What the first convolution gets is the picture, to the last bit."""

import numpy as np
import pytest

from exporters.litert.convert import to_litert
from exporters.litert.entry import enter_bytes, enter_floats
from exporters.litert.first import paired, plain
from exporters.litert.graph import Graph
from exporters.litert.quantize import quantize


def pairs_of(pictures):
    pairs = np.full((*pictures.shape[:2], pictures.shape[2] // 2, 8), 255)
    pairs[..., :3], pairs[..., 3:6] = pictures[:, :, 0::2], pictures[:, :, 1::2]
    return pairs


@pytest.mark.parametrize(("recipe", "step", "zero"), [("int8", 1, -128), ("int16x8", 1 / 128, 0)])
@pytest.mark.parametrize("xnnpack", [True, False])
def test_integers_in_pairs_of_columns(byte_body, rounded, ranges, pictures, run_model, recipe, step, zero, xnnpack):
    graph = quantize(byte_body, recipe, ranges)
    enter_bytes(graph, paired(rounded), None)
    entry = next(tensor for tensor in graph.tensors if tensor.name == b"entry")
    assert (list(entry.quantization.scale), list(entry.quantization.zeroPoint)) == ([step], [zero])
    levels = run_model(graph.content(), pictures, "entry", xnnpack=xnnpack)
    np.testing.assert_array_equal((levels.astype(np.float64) - zero) * step, pairs_of(pictures))


def test_integers_pixel_by_pixel(rounded, ranges, pictures, run_model):
    graph = quantize(to_litert(rounded, plain(rounded), None), "int8", ranges)
    enter_bytes(graph, plain(rounded), None)
    levels = run_model(graph.content(), pictures, "entry", xnnpack=False)
    expected = np.concatenate([pictures, np.full((*pictures.shape[:3], 1), 255)], axis=3)
    np.testing.assert_array_equal(levels.astype(int) + 128, expected)


def test_floats_without_the_neutral_pixel(float_body, rule, pictures, run_model):
    graph = Graph(float_body.content())
    enter_floats(graph, rule, None)
    centred = run_model(graph.content(), pictures, "entry", xnnpack=False)
    expected = pictures + np.array(rule.offset, np.float32) / np.array(rule.scale, np.float32)
    np.testing.assert_array_equal(centred, expected.astype(np.float32))


@pytest.mark.parametrize("kind", ["bytes", "floats"])
def test_the_picture_stands_for_itself(byte_body, float_body, rounded, ranges, rule, kind):
    """Its input is uint8 of scale 1 and zero point 0: nobody has to quantize anything."""
    from ai_edge_litert.interpreter import Interpreter

    if kind == "bytes":
        graph = quantize(byte_body, "int8", ranges)
        enter_bytes(graph, paired(rounded), None)
    else:
        graph = Graph(float_body.content())
        enter_floats(graph, rule, None)
    interpreter = Interpreter(model_content=graph.content())
    (image,), (scores,) = interpreter.get_input_details(), interpreter.get_output_details()
    assert (image["name"], image["dtype"], image["quantization"]) == ("image", np.uint8, (1.0, 0))
    assert (scores["name"], scores["dtype"], scores["quantization"]) == ("scores", np.float32, (0.0, 0))
    assert interpreter.get_signature_list() == {"serving_default": {"inputs": ["image"], "outputs": ["scores"]}}
