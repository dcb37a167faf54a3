"""The usual way to LiteRT: TensorFlow's converter on the Keras model as trained, and litert-quantizer's own recipe."""

import warnings
from collections.abc import Iterable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.latency.model import Model
from benchmarks.peers._folder import spec_of, subject
from benchmarks.peers._pictures import normaliser
from benchmarks.peers._plain import export_plainly
from models.bundle import Bundle
from models.runtimes import Device

TITLE = "plain export by TensorFlow's converter in LiteRT"
PACKAGES = ("tensorflow", "ai_edge_litert", "litert_quantizer")
RECIPES = ("fp32", "int8")
DEVICES: tuple[Device, ...] = ("cpu",)
ENVIRONMENT = {"KERAS_BACKEND": "tensorflow"}

_FILE = "model.tflite"


def prepare(original: Bundle, recipe: str, calibration: Sequence[NDArray[np.uint8]], folder: Path) -> None:
    """Export the original, and quantize the export for "int8".

    Raises:
        UserError: there are no pictures to calibrate on.
    """
    export_plainly(original, recipe, calibration, folder / _FILE, export, quantize)


def load(folder: Path, recipe: str, contender: Contender) -> Model:  # noqa: ARG001
    """Open an interpreter on the export; pictures are quantized with them normalised, before the model is run."""
    from ai_edge_litert.interpreter import Interpreter

    file = folder / _FILE
    interpreter = Interpreter(str(file), num_threads=contender.threads)
    interpreter.allocate_tensors()
    (image,), (output,) = interpreter.get_input_details(), interpreter.get_output_details()
    normalise = normaliser(spec_of(folder).preprocessing)

    def prepare_batch(batch: NDArray[np.uint8]) -> NDArray[Any]:
        return _quantized(normalise(batch), image)

    def run(batch: NDArray[Any]) -> NDArray[np.float32]:
        if tuple(interpreter.get_input_details()[0]["shape"]) != batch.shape:
            interpreter.resize_tensor_input(image["index"], batch.shape)
            interpreter.allocate_tensors()
        interpreter.set_tensor(image["index"], batch)
        interpreter.invoke()
        return _real(interpreter.get_tensor(output["index"]), output)

    described = subject(contender, "ai-edge-litert", version("ai-edge-litert"), "XNNPACK")
    return Model(run=run, subject=described, prepare=prepare_batch)


def _quantized(values: NDArray[np.float32], tensor: dict[str, Any]) -> NDArray[Any]:
    """Return ``values`` as the tensor takes them."""
    if tensor["dtype"] is np.float32:
        return values
    scale, zero = tensor["quantization"]
    kind = np.iinfo(tensor["dtype"])
    return np.asarray(np.clip(np.rint(values / scale) + zero, kind.min, kind.max), tensor["dtype"])


def _real(values: NDArray[Any], tensor: dict[str, Any]) -> NDArray[np.float32]:
    """Return what the values of the tensor stand for."""
    if tensor["dtype"] is np.float32:
        return np.asarray(values, np.float32)
    scale, zero = tensor["quantization"]
    return np.asarray((values.astype(np.float32) - zero) * scale, np.float32)


def export(model: Any, target: Path) -> None:
    """Write a ``keras.Model`` (normalised float32 pictures in) as TensorFlow's guide does."""
    import tensorflow as tf

    with redirect_stdout(StringIO()):
        target.write_bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())


def quantize(source: Path, target: Path, batches: Iterable[NDArray[np.float32]]) -> None:
    """Quantize with the recipe ``static_wi8_ai8``, calibrated by the quantizer itself, as its guide says."""
    from ai_edge_litert.interpreter import Interpreter
    from litert_quantizer import recipe
    from litert_quantizer.quantizer import Quantizer

    with warnings.catch_warnings(), redirect_stderr(StringIO()):  # it warns of what it does itself
        warnings.filterwarnings("ignore", "Warning: Enabling `experimental_preserve_all_tensors`", UserWarning)
        ((key, names),) = Interpreter(str(source)).get_signature_list().items()
        quantizer = Quantizer(str(source), recipe.static_wi8_ai8())
        statistics = quantizer.calibrate({key: [{names["inputs"][0]: batch} for batch in batches]}, num_threads=1)
        result = quantizer.quantize(statistics, enable_progress_bar=False, enable_progress_report=False)
        result.export_model(str(target), overwrite=True)
