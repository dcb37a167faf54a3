"""An export as a framework's guide shows it: the Keras model as trained, and the format's own quantizer on its file."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers._pictures import normalised
from models.bundle import Bundle
from models.classifier import load_keras

Export = Callable[[Any, Path], None]
"""Writes a ``keras.Model`` as a file."""

Quantize = Callable[[Path, Path, Iterable[NDArray[np.float32]]], None]
"""Reads a float file and writes an int8 one, calibrated on normalised pictures, float32 [N, H, W, C] a batch."""


def export_plainly(
    original: Bundle,
    recipe: str,
    calibration: Sequence[NDArray[np.uint8]],
    target: Path,
    export: Export,
    quantize: Quantize,
) -> None:
    """Write ``target`` in "fp32" or "int8".

    Raises:
        UserError: there are no pictures to calibrate on.
    """
    if recipe == "fp32":
        export(load_keras(original), target)
        return
    plain = target.with_stem("plain")
    export(load_keras(original), plain)
    quantize(plain, target, normalised(calibration, original.manifest.spec.preprocessing))
    plain.unlink()
