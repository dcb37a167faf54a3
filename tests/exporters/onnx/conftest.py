import numpy as np
import onnxruntime as ort
import pytest

from exporters.deploy import deploy, read_blocks
from exporters.onnx.convert import to_onnx
from models.runtimes import load_runtime


@pytest.fixture(scope="session")
def network(tiny_original):
    return deploy([tiny_original])


@pytest.fixture(scope="session")
def float_model(network):
    return to_onnx(network, opset=13, ir_version=7, batch=None)


@pytest.fixture(scope="session")
def blocks_model(network):
    return to_onnx(read_blocks(network), opset=13, ir_version=7, batch=None, pad_bytes=True)


@pytest.fixture(scope="session")
def expected(tiny_original, pictures):
    """The original's scores, by Keras."""
    return load_runtime(tiny_original)(pictures)


def run(model, pictures, outputs=None, optimized=True):
    """Run an onnx.ModelProto in ONNX Runtime."""
    settings = ort.SessionOptions()
    settings.log_severity_level = 3
    if not optimized:
        settings.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(model.SerializeToString(), settings, providers=["CPUExecutionProvider"])
    return [np.asarray(array) for array in session.run(outputs, {"image": pictures})]


@pytest.fixture
def run_model():
    return run
