"""Our ONNX in programs that had no hand in making it."""

import numpy as np
import pytest

from exporters.export import ExportOptions, export
from models.classifier import find_original
from models.runtimes import load_runtime


@pytest.fixture(scope="module", params=["fp32", pytest.param("int8", marks=pytest.mark.slow)])
def bundle(request, tiny_original, calibration_folder, tmp_path_factory):
    target = tmp_path_factory.mktemp("exports") / request.param
    options = ExportOptions(calibrate=calibration_folder if request.param == "int8" else None)
    return export([tiny_original], "onnx", request.param, target, options, lambda _: None)


def test_openvino_agrees(bundle, pictures):
    openvino = pytest.importorskip("openvino")
    compiled = openvino.Core().compile_model(str(bundle.model), "CPU", {"EXECUTION_MODE_HINT": "ACCURACY"})
    theirs = compiled(pictures)[0]
    ours = load_runtime(bundle)(pictures)
    # OpenVINO computes int8 with other roundings between layers, as every runtime does
    np.testing.assert_allclose(theirs, ours, atol=1e-5 if bundle.manifest.recipe == "fp32" else 0.03)


def test_opencv_agrees(bundle, pictures):
    cv2 = pytest.importorskip("cv2")
    if bundle.manifest.recipe != "fp32":
        pytest.skip("OpenCV's DNN module takes float networks here; int8 is OpenVINO's and ONNX Runtime's")
    network = cv2.dnn.readNetFromONNX(str(bundle.model))
    ours = load_runtime(bundle)(pictures)
    for picture, expected in zip(pictures, ours, strict=True):
        network.setInput(picture[None])
        np.testing.assert_allclose(network.forward(), expected[None], atol=1e-5)


@pytest.mark.slow
def test_openvino_agrees_on_open_nsfw(tmp_path):
    from open_nsfw_golden import inputs

    openvino = pytest.importorskip("openvino")
    bundle = export([find_original("open_nsfw")], "onnx", "fp32", tmp_path / "fp32", ExportOptions(), lambda _: None)
    pixels = inputs()[:24]
    theirs = openvino.Core().compile_model(str(bundle.model), "CPU", {"EXECUTION_MODE_HINT": "ACCURACY"})(pixels)[0]
    np.testing.assert_allclose(theirs, load_runtime(bundle)(pixels), atol=1e-5)
