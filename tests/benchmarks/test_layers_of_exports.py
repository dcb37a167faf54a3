"""The layers of a real export: a small ResNet through the ONNX exporter, against Keras."""

import numpy as np
import pytest

from benchmarks.layers import compare_layers, first_departure
from benchmarks.onnx_layers import layer_outputs
from benchmarks.tolerance import tolerance_for
from models.resnet50 import Affine, Architecture, Head, InferenceNetwork, inference_form

SMALL = Architecture("small", widths=(4, 8, 8, 16), pool_padding=(1, 1), blocks=(2, 2, 2, 2), stem=8)
SIDE = 32


def kernels():
    """Weights that keep the size of the activations, after He et al. 2015; conv1 takes the mean off as deploy does."""
    rng = np.random.default_rng(0)
    shapes = {"conv1": (7, 3, SMALL.stem)}
    inputs = SMALL.stem
    for stage, width in enumerate(SMALL.widths, start=2):
        for block in (1, 2):
            name = f"conv{stage}_block{block}"
            shapes |= {
                f"{name}_1": (1, inputs, width),
                f"{name}_2": (3, width, width),
                f"{name}_3": (1, width, 4 * width),
            }
            if block == 1:
                shapes[f"{name}_0"] = (1, inputs, 4 * width)
            inputs = 4 * width
    for name, (size, channels, filters) in shapes.items():
        kernel = rng.normal(0, np.sqrt(2 / (size * size * channels)), (size, size, channels, filters))
        if name == "conv1":
            kernel = np.concatenate([kernel / 64, kernel.sum(axis=2, keepdims=True) * -127 / 64 / 255], axis=2)
        yield name, Affine(kernel.astype(np.float32), rng.normal(0, 0.1, filters).astype(np.float32))


@pytest.fixture(scope="module")
def network():
    head = Affine(np.random.default_rng(1).normal(0, 0.3, (64, 1)).astype(np.float32), np.zeros(1, np.float32))
    return InferenceNetwork(SMALL, SIDE, SIDE, dict(kernels()), (Head(("adult",), (head,)),))


@pytest.fixture(scope="module")
def original(network):
    """The outputs of every layer, by Keras."""
    import keras

    model = inference_form(network)
    every = keras.Model(model.inputs, [layer.output for layer in model.layers])

    def outputs(batch):
        values = [np.asarray(value) for value in every.predict_on_batch(batch)]
        return dict(zip((layer.name for layer in model.layers), values, strict=True))

    return outputs


@pytest.fixture(scope="module")
def exported(network):
    from exporters.onnx.convert import to_onnx

    return to_onnx(network, opset=13, ir_version=7, batch=None)


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(2).integers(0, 256, (6, SIDE, SIDE, 3), dtype=np.uint8)


def saved(model, path):
    import onnx

    onnx.save(model, path)
    return layer_outputs(path)


def test_every_layer_of_keras_is_found_in_the_export_and_equals_it(tmp_path, original, exported, pictures):
    rows = compare_layers(original, saved(exported, tmp_path / "model.onnx"), [pictures])
    missing = set(original(pictures)) - {row.name for row in rows}
    assert all(name == "image" or name.endswith("_pad") for name in missing), missing
    assert first_departure(rows, tolerance_for("fp32").layer_relative_error) is None


@pytest.mark.parametrize("name", ["conv1_conv", "conv3_block1_0_conv", "conv5_block2_3_conv"])
def test_a_convolution_with_one_wrong_filter_is_named(tmp_path, original, exported, pictures, name):
    import onnx
    from onnx import numpy_helper

    broken = onnx.ModelProto()
    broken.CopyFrom(exported)
    convolution = next(node for node in broken.graph.node if node.name == name)
    tensor = next(tensor for tensor in broken.graph.initializer if tensor.name == convolution.input[1])
    kernel = numpy_helper.to_array(tensor).copy()
    kernel[0] *= 1.5
    tensor.CopyFrom(numpy_helper.from_array(kernel, tensor.name))
    rows = compare_layers(original, saved(broken, tmp_path / "model.onnx"), [pictures])
    departed = first_departure(rows, tolerance_for("fp32").layer_relative_error)
    assert departed is not None
    assert departed.name == name


def test_a_quantized_export_stays_within_its_tolerance_layer_by_layer(tmp_path, original, exported, pictures):
    from exporters.onnx.quantize import quantize, quantized_tensors

    seen = saved(exported, tmp_path / "float.onnx")(pictures)
    ranges = {
        name: (min(0.0, float(seen[name].min())), max(0.0, float(seen[name].max())))
        for name in quantized_tensors(exported)
    }
    rows = compare_layers(original, saved(quantize(exported, ranges), tmp_path / "int8.onnx"), [pictures])
    assert len(rows) > 60
    assert first_departure(rows, tolerance_for("int8").layer_relative_error) is None
    errors = {row.name: row.relative_error for row in rows}
    assert errors["conv1_conv"] > 1e-4, "weights of 8 bits cannot be exact"
