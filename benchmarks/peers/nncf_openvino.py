"""The usual way to OpenVINO: a plain tf2onnx export read as it is, and NNCF's post-training quantization to int8."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.latency.model import Model
from benchmarks.peers import _nncf, plain_onnx
from benchmarks.peers._folder import spec_of, subject
from benchmarks.peers._pictures import normalised, normaliser
from models.bundle import Bundle
from models.classifier import load_keras
from models.runtimes import Device

TITLE = "plain tf2onnx export in OpenVINO, int8 by NNCF"
PACKAGES = ("tensorflow", "tf2onnx", "openvino")
RECIPES = ("fp32", "int8")
DEVICES: tuple[Device, ...] = ("cpu",)
ENVIRONMENT = {"KERAS_BACKEND": "tensorflow"}

_FILES = {"fp32": ("model.onnx",), "int8": ("model.xml", "model.bin")}


def prepare(original: Bundle, recipe: str, calibration: Sequence[NDArray[np.uint8]], folder: Path) -> None:
    """Export the original to ONNX, and have NNCF quantize that for "int8".

    Raises:
        UnavailableError: no interpreter has NNCF.
        UserError: there are no pictures to calibrate on.
    """
    if recipe == "fp32":
        plain_onnx.export(load_keras(original), folder / _FILES[recipe][0])
        return
    _nncf.interpreter()
    plain = folder / "plain.onnx"
    plain_onnx.export(load_keras(original), plain)
    batches = list(normalised(calibration, original.manifest.spec.preprocessing))
    _nncf.quantize(plain, folder / _FILES[recipe][0], batches)
    plain.unlink()


def load(folder: Path, recipe: str, contender: Contender) -> Model:
    """Compile the model for each batch size when that is first asked for, as models.runtimes.openvino does."""
    import openvino

    files = [folder / name for name in _FILES[recipe]]
    core = openvino.Core()
    settings = {"PERFORMANCE_HINT": contender.hint.upper(), "EXECUTION_MODE_HINT": "ACCURACY"}
    if contender.threads is not None:
        settings["INFERENCE_NUM_THREADS"] = str(contender.threads)

    @lru_cache(maxsize=2)
    def request(size: int) -> Any:
        model = core.read_model(files[0])
        model.reshape([size, *(side.get_length() for side in list(model.inputs[0].partial_shape)[1:])])
        return core.compile_model(model, "CPU", settings).create_infer_request()

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.array(request(len(batch)).infer([batch])[0])

    request(1)
    described = subject(contender, "openvino", openvino.__version__.partition("-")[0], "CPU")
    return Model(run=run, subject=described, prepare=normaliser(spec_of(folder).preprocessing))
