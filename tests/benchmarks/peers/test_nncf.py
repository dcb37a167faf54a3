"""The peer in OpenVINO: quantized by NNCF, here or in an interpreter that is named."""

import os
from importlib.util import find_spec

import numpy as np
import pytest

from benchmarks.peers import _nncf
from models.errors import UnavailableError


def test_without_nncf_one_is_told_what_to_name(monkeypatch):
    monkeypatch.setattr(_nncf, "find_spec", lambda _: None)
    monkeypatch.delenv("RCT_NNCF_PYTHON", raising=False)
    with pytest.raises(UnavailableError) as refused:
        _nncf.interpreter()
    assert str(refused.value) == "nncf: not installed. Install it, or name a Python that has it in RCT_NNCF_PYTHON."


def test_another_interpreter_can_be_named(monkeypatch):
    monkeypatch.setattr(_nncf, "find_spec", lambda _: None)
    monkeypatch.setenv("RCT_NNCF_PYTHON", "another/python")
    assert _nncf.interpreter() == "another/python"


@pytest.mark.slow
@pytest.mark.skipif(not find_spec("nncf") and "RCT_NNCF_PYTHON" not in os.environ, reason="no NNCF, and none named")
def test_a_convolution_becomes_int8(tmp_path):
    openvino = pytest.importorskip("openvino", reason="pip install 'rct[openvino]'")
    from onnx import TensorProto, helper, numpy_helper, save

    chance = np.random.default_rng(1)
    weights = chance.normal(0, 1, (8, 3, 3, 3)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["image", "weights"], ["scores"])],
        "one convolution",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, (1, 3, 16, 16))],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, (1, 8, 14, 14))],
        [numpy_helper.from_array(weights, "weights")],
    )
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), tmp_path / "plain.onnx")
    batches = [chance.normal(0, 1, (1, 3, 16, 16)).astype(np.float32) for _ in range(4)]
    version = _nncf.quantize(tmp_path / "plain.onnx", tmp_path / "int8.xml", batches)
    assert version.split(".")[0].isdecimal()
    core = openvino.Core()
    kinds = [node.get_type_name() for node in core.read_model(tmp_path / "int8.xml").get_ops()]
    assert "FakeQuantize" in kinds
    plain, quantized = (
        core.compile_model(tmp_path / name, "CPU")([batches[0]])[0] for name in ("plain.onnx", "int8.xml")
    )
    assert 0 < np.abs(plain - quantized).max() < 0.1 * np.abs(plain).max()
