"""ONNX Runtime gives what it is asked for, or says why not."""

import sys

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from models.bundle import Bundle, seal, writing
from models.errors import BundleError, UnavailableError
from models.manifest import Tensor
from models.runtimes import RuntimeOptions, load_runtime


@pytest.fixture
def bundle_of(tmp_path, spec):
    def write(content):
        with writing(tmp_path / "bundle") as folder:
            (folder / "model.onnx").write_bytes(content)
            seal(
                folder,
                name="tiny",
                format="onnx",
                recipe="fp32",
                spec=spec,
                model="model.onnx",
                inputs=(Tensor(name="image", dtype="uint8", shape=(None, 6, 8, 3)),),
                outputs=(Tensor(name="scores", dtype="float32", shape=(None, 2)),),
            )
        return Bundle.open(tmp_path / "bundle")

    return write


def model_of(*nodes, constants=()):
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["batch", 6, 8, 3])
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", 2])
    graph = helper.make_graph(list(nodes), "g", [image], [scores], list(constants))
    domains = [helper.make_opsetid("", 13), helper.make_opsetid("ours", 1)]
    return helper.make_model(graph, opset_imports=domains, ir_version=7).SerializeToString()


CAST = helper.make_node("Cast", ["image"], ["pixels"], to=TensorProto.FLOAT)
PICTURES = np.zeros((2, 6, 8, 3), np.uint8)


def test_an_operation_that_it_does_not_know(bundle_of):
    bundle = bundle_of(model_of(CAST, helper.make_node("Abacus", ["pixels"], ["scores"], domain="ours")))
    with pytest.raises(BundleError) as error:
        load_runtime(bundle)
    line = str(error.value)
    assert line.startswith(f"{bundle.model}: ONNX Runtime ")
    assert "cannot load it (" in line
    assert "Abacus" in line
    assert line.endswith("See rct doctor.")
    assert "\n" not in line


def test_an_operation_that_it_has_no_kernel_for(bundle_of):
    """The standard shifts numbers of 16 bits too; ONNX Runtime only others."""
    wide = helper.make_node("Cast", ["image"], ["wide"], to=TensorProto.UINT16)
    shift = helper.make_node("BitShift", ["wide", "wide"], ["shifted"], direction="LEFT")
    back = helper.make_node("Cast", ["shifted"], ["scores"], to=TensorProto.FLOAT)
    bundle = bundle_of(model_of(wide, shift, back))
    onnx.checker.check_model(onnx.load(bundle.model))
    with pytest.raises(BundleError, match=r"cannot load it \(.*NOT_IMPLEMENTED.*BitShift.*\)\. See rct doctor\.$"):
        load_runtime(bundle)


def test_an_operation_that_fails_when_it_runs(bundle_of):
    """A shape that only the picture shows to be wrong: 288 numbers do not become rows of 7."""
    rows = numpy_helper.from_array(np.array([-1, 7], np.int64), "rows")
    sides = numpy_helper.from_array(np.array([1], np.int64), "sides")
    nodes = [
        CAST,
        helper.make_node("Reshape", ["pixels", "rows"], ["table"]),
        helper.make_node("ReduceSum", ["table", "sides"], ["scores"], keepdims=1),
    ]
    predict = load_runtime(bundle_of(model_of(*nodes, constants=[rows, sides])))
    with pytest.raises(BundleError) as error:
        predict(PICTURES)
    line = str(error.value)
    assert "cannot run it (" in line
    assert "Reshape" in line
    assert "\n" not in line


@pytest.mark.parametrize("content", [b"", b"not a model", model_of(CAST)[:40]], ids=["empty", "text", "cut short"])
def test_a_file_that_is_no_model(bundle_of, content):
    with pytest.raises(BundleError, match=r"model\.onnx: ONNX Runtime .* cannot load it \(.+\)\. See rct doctor\.$"):
        load_runtime(bundle_of(content))


def test_a_device_that_is_not_there(bundle_of, monkeypatch):
    import onnxruntime

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(UnavailableError) as error:
        load_runtime(bundle_of(model_of(CAST)), RuntimeOptions(device="cuda"))
    assert str(error.value) == (
        "device cuda: this ONNX Runtime has no CUDAExecutionProvider (it has CPUExecutionProvider). "
        "pip install onnxruntime-gpu, without onnxruntime beside it."
    )


def test_without_onnxruntime(bundle_of, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(UnavailableError) as error:
        load_runtime(bundle_of(model_of(CAST)))
    assert str(error.value) == "onnxruntime: not installed. pip install onnxruntime, or onnxruntime-gpu for CUDA."
