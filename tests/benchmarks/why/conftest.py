import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from written import write_bundle

from benchmarks.latency.contender import Contender
from benchmarks.why import shares


@pytest.fixture(autouse=True)
def few_runs(monkeypatch):
    """Profiles of as few runs as there may be."""
    monkeypatch.setattr(shares, "SECONDS", 0)


@pytest.fixture(scope="session")
def written(tiny_original, tmp_path_factory):
    """From the name of a format to the tiny original in it, in float32; each is written once."""
    folder = tmp_path_factory.mktemp("why_bundles")
    made = {}

    def bundle(name):
        if name not in made:
            made[name] = write_bundle(tiny_original, name, "fp32", folder / name)
        return made[name]

    return bundle


@pytest.fixture(scope="session")
def litert_file(tmp_path_factory):
    """A small float32 model, 16x16 pictures in: Conv 3x3 to 8, depthwise Conv 3x3, mean, dense to 2."""
    import tensorflow as tf

    def weights(*shape):
        return np.random.default_rng(0).normal(size=shape).astype(np.float32)

    @tf.function(input_signature=[tf.TensorSpec([1, 16, 16, 3], tf.float32, name="image")])
    def scores(image):
        x = tf.nn.conv2d(image, weights(3, 3, 3, 8), 1, "SAME")
        x = tf.nn.depthwise_conv2d(x, weights(3, 3, 8, 1), [1, 1, 1, 1], "SAME")
        return tf.nn.sigmoid(tf.reduce_mean(x, [1, 2]) @ weights(8, 2))

    module = tf.Module()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([scores.get_concrete_function()], module)
    path = tmp_path_factory.mktemp("litert") / "model.tflite"
    path.write_bytes(converter.convert())
    return path


@pytest.fixture
def contender():
    """One thread on the processor; the bundle's path is not looked at by a profile."""
    return Contender(name="any", bundle="any", threads=1)


@pytest.fixture(scope="session")
def batch():
    """A noisy picture: uint8 [1, 16, 16, 3]."""
    return np.random.default_rng(3).integers(0, 256, (1, 16, 16, 3), dtype=np.uint8)


@pytest.fixture(scope="session")
def island(tmp_path_factory):
    """A QDQ model of normalised pictures, channels first: Conv -> Softplus, which stays in float -> Conv."""
    chance = np.random.default_rng(0)
    arrays = {
        "w1": chance.integers(-63, 64, (8, 3, 3, 3), dtype=np.int8),
        "w2": chance.integers(-63, 64, (8, 8, 3, 3), dtype=np.int8),
        "scale": np.array(0.05, np.float32),
        "zero": np.array(128, np.uint8),
        "none": np.array(0, np.int8),
    }
    grid = ["scale", "zero"]
    nodes = [
        helper.make_node("DequantizeLinear", ["w1", "scale", "none"], ["f1"]),
        helper.make_node("DequantizeLinear", ["w2", "scale", "none"], ["f2"]),
        helper.make_node("QuantizeLinear", ["x", *grid], ["xq"]),
        helper.make_node("DequantizeLinear", ["xq", *grid], ["xf"]),
        helper.make_node("Conv", ["xf", "f1"], ["a"], "first"),
        helper.make_node("QuantizeLinear", ["a", *grid], ["aq"]),
        helper.make_node("DequantizeLinear", ["aq", *grid], ["af"]),
        helper.make_node("Softplus", ["af"], ["b"], "softplus"),
        helper.make_node("QuantizeLinear", ["b", *grid], ["bq"]),
        helper.make_node("DequantizeLinear", ["bq", *grid], ["bf"]),
        helper.make_node("Conv", ["bf", "f2"], ["c"], "second"),
        helper.make_node("QuantizeLinear", ["c", *grid], ["cq"]),
        helper.make_node("DequantizeLinear", ["cq", *grid], ["y"]),
    ]
    source = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3, 16, 16])
    target = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 8, 12, 12])
    constants = [numpy_helper.from_array(values, name) for name, values in arrays.items()]
    graph = helper.make_graph(nodes, "island", [source], [target], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    onnx.checker.check_model(model)
    path = tmp_path_factory.mktemp("why") / "island.onnx"
    onnx.save(model, path)
    return path
