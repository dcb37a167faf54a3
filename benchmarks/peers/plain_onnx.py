"""The usual way to ONNX: tf2onnx on the Keras model as it was trained, and ONNX Runtime's own static quantization."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.latency.model import Model
from benchmarks.peers._onnx_model import load_onnx
from benchmarks.peers._plain import export_plainly
from models.bundle import Bundle
from models.runtimes import Device

TITLE = "plain tf2onnx export in ONNX Runtime"
PACKAGES = ("tensorflow", "tf2onnx", "onnxruntime")
RECIPES = ("fp32", "int8")
DEVICES: tuple[Device, ...] = ("cpu", "cuda")
ENVIRONMENT = {"KERAS_BACKEND": "tensorflow"}

_FILE = "model.onnx"


def prepare(original: Bundle, recipe: str, calibration: Sequence[NDArray[np.uint8]], folder: Path) -> None:
    """Export the original, and quantize the export for "int8".

    Raises:
        UserError: there are no pictures to calibrate on.
    """
    export_plainly(original, recipe, calibration, folder / _FILE, export, quantize)


def load(folder: Path, recipe: str, contender: Contender) -> Model:  # noqa: ARG001
    """Open a session on the export.

    Raises:
        UnavailableError: ONNX Runtime does not have the device.
    """
    return load_onnx(folder / _FILE, contender)


def export(model: Any, target: Path, opset: int = 13) -> None:
    """Write a ``keras.Model`` (normalised float32 pictures in) as ONNX, as Keras' own ``export`` would."""
    import onnx
    import tensorflow as tf
    import tf2onnx

    shape = (None, *model.input_shape[1:])
    signature = [tf.TensorSpec(shape, tf.float32, name="image")]
    function = tf.function(lambda image: model(image, training=False), input_signature=signature)
    converted, _ = tf2onnx.convert.from_function(function, input_signature=signature, opset=opset)
    onnx.save(converted, target)


def quantize(source: Path, target: Path, batches: Iterable[NDArray[np.float32]]) -> None:
    """Quantize as ONNX Runtime's guide says: pre-process, then static QDQ, u8 activations, s8 weights per channel."""
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self.batches: Iterator[NDArray[np.float32]] = iter(batches)

        def get_next(self) -> dict[str, NDArray[np.float32]] | None:
            batch = next(self.batches, None)
            return None if batch is None else {"image": batch}

    prepared = target.with_suffix(".prepared.onnx")
    quant_pre_process(source, prepared, skip_symbolic_shape=True)  # shapes are all known; sympy would be wanted
    quantize_static(
        prepared,
        target,
        Reader(),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )
    prepared.unlink()
