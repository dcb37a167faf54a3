"""ONNX Runtime, on the CPU or through its CUDA provider."""

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.errors import BundleError, UnavailableError
from models.runtimes import Device, Predict, RuntimeOptions

FORMATS = ("onnx",)
DISTRIBUTION = "onnxruntime"

PROVIDERS: dict[Device, str] = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}


def load(bundle: Bundle, options: RuntimeOptions) -> Predict:
    """Open a session on the provider that was asked for, and on no other.

    ONNX Runtime falls back to the CPU without a word when a provider cannot start; here that is an error.

    Raises:
        UnavailableError: ONNX Runtime or the provider is not there, or another provider would run the model.
        BundleError: ONNX Runtime cannot read the model; of what is returned: it cannot run it.
    """
    try:
        import onnxruntime as ort
    except ImportError as error:
        raise UnavailableError(
            "onnxruntime", "not installed", "pip install onnxruntime, or onnxruntime-gpu for CUDA."
        ) from error

    provider = PROVIDERS[options.device]
    if provider not in ort.get_available_providers():
        raise UnavailableError(
            f"device {options.device}",
            f"this ONNX Runtime has no {provider} (it has {', '.join(ort.get_available_providers())})",
            "pip install onnxruntime-gpu, without onnxruntime beside it.",
        )
    settings = ort.SessionOptions()
    settings.log_severity_level = 3
    if options.threads is not None:
        settings.intra_op_num_threads = options.threads
        settings.inter_op_num_threads = 1
    if options.graph_optimization == "none":
        settings.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        session = ort.InferenceSession(str(bundle.model), settings, providers=[provider])
    except Exception as error:  # onnxruntime's exceptions have no common type but this one
        raise BundleError(
            bundle.model, f"ONNX Runtime {ort.__version__} cannot load it ({_first_line(error)})", "See rct doctor."
        ) from error
    running = session.get_providers()[0]
    if running != provider:
        raise UnavailableError(
            f"device {options.device}", f"{running} would run instead of {provider}", "rct doctor says what is missing."
        )
    name = session.get_inputs()[0].name
    scores = bundle.manifest.outputs[0].name
    fixed = bundle.manifest.inputs[0].shape[0]

    def run(batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        try:
            return np.asarray(session.run([scores], {name: batch})[0])
        except Exception as error:  # as above
            raise BundleError(
                bundle.model, f"ONNX Runtime {ort.__version__} cannot run it ({_first_line(error)})", "See rct doctor."
            ) from error

    def predict(batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        return run(batch) if fixed in (None, len(batch)) else _in_batches_of(fixed, batch, run)

    return predict


def _in_batches_of(size: int, batch: NDArray[np.uint8], run: Predict) -> NDArray[np.float32]:
    """Run ``batch`` through a model of a fixed batch size; the last part is filled up and what is over is cut."""
    parts = []
    for start in range(0, len(batch), size):
        part = batch[start : start + size]
        filled = np.concatenate([part, np.zeros((size - len(part), *part.shape[1:]), np.uint8)])
        parts.append(run(filled)[: len(part)])
    return np.concatenate(parts)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
