"""NNCF's post-training quantization, with its defaults, in whichever interpreter has NNCF.

NNCF may want other versions than TensorFlow does. Where this interpreter does not have it, the one that the environment
variable ``RCT_NNCF_PYTHON`` names (with nncf and openvino) runs this very file:

    python benchmarks/peers/_nncf.py plain.onnx batches.npz quantized.xml
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PYTHON = "RCT_NNCF_PYTHON"


def interpreter() -> str:
    """Return the path of the interpreter that quantizes.

    Raises:
        UnavailableError: this one has no NNCF, and none is named.
    """
    if find_spec("nncf"):
        return sys.executable
    if PYTHON in os.environ:
        return os.environ[PYTHON]
    from models.errors import UnavailableError  # the other interpreter does not have it

    raise UnavailableError("nncf", "not installed", f"Install it, or name a Python that has it in {PYTHON}.")


def quantize(source: Path, target: Path, batches: Sequence[NDArray[np.float32]]) -> str:
    """Quantize the ONNX model ``source``, calibrated on ``batches``, into ``target`` (.xml); return NNCF's version.

    Raises:
        UnavailableError: there is no NNCF.
        subprocess.CalledProcessError: it failed.
    """
    saved = target.with_suffix(".npz")
    np.savez(saved, *batches)
    command = [interpreter(), str(Path(__file__).resolve()), str(source), str(saved), str(target)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    saved.unlink()
    return done.stdout.splitlines()[-1]


def _quantize_here(source: str, batches: str, target: str) -> None:
    """Do it in this interpreter, and print NNCF's version last."""
    import nncf
    import openvino

    with np.load(batches) as saved:
        pictures = [saved[name] for name in saved.files]
    quantized = nncf.quantize(openvino.Core().read_model(source), nncf.Dataset(pictures))
    openvino.save_model(quantized, target)
    print(nncf.__version__)


if __name__ == "__main__":
    _quantize_here(*sys.argv[1:])
