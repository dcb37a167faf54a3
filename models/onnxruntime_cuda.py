"""ONNX Runtime's CUDA provider: what can be set, and why it may not start."""

import ctypes
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from models.errors import UnavailableError

PROVIDER = "CUDAExecutionProvider"
SETTINGS: Mapping[str, str] = {
    "prefer_nhwc": "convolutions run with channels last, which tensor cores want (1 if left out)",
    "use_tf32": "float32 products are rounded to TensorFloat-32, 10 bits of mantissa (1 if left out)",
    "enable_cuda_graph": "kernels are captured once for each batch size and launched together (0 if left out)",
}
"""The provider's own options, by the names that it gives them."""

_DEFAULTS = {"prefer_nhwc": "1"}
_DRIVER = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
_LIBRARIES = "libonnxruntime_providers_cuda.so"


def provider_options(device: str, settings: Mapping[str, str]) -> dict[str, str]:
    """Return the options of the provider for ``device``, "cpu" or "cuda": its defaults here, and ``settings``.

    Raises:
        UnavailableError: ``settings`` for a device that has none.
    """
    if device == "cuda":
        return {**_DEFAULTS, **settings}
    for setting in settings:
        raise UnavailableError(f"setting {setting}", f"only CUDA has it (got device {device})", "Use --device cuda.")
    return {}


@contextmanager
def quiet() -> Iterator[None]:
    """Keep ONNX Runtime from printing why a provider did not start; ``why_not`` says it in one line."""
    import onnxruntime as ort

    ort.set_default_logger_severity(4)
    try:
        yield
    finally:
        ort.set_default_logger_severity(2)


def why_not() -> str:
    """Say why the provider did not start: no driver, or a library that is missing, or a GPU that it does not know."""
    import onnxruntime as ort

    try:
        ctypes.CDLL(_DRIVER)
    except OSError:
        return "no driver of an NVIDIA GPU is here"
    try:
        ctypes.CDLL(str(Path(ort.__file__).parent / "capi" / _LIBRARIES))
    except OSError as error:
        wanted = f"CUDA {str(ort.cuda_version).split('.')[0]} and cuDNN 9"
        return f"the libraries of {wanted} must be on LD_LIBRARY_PATH ({error})"
    return "no GPU that it can use"
