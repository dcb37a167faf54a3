"""JAX: XLA compiles the model for the device that it is run on, a CPU or a CUDA GPU."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.errors import BundleError, UnavailableError
from models.runtimes import Predict, Running, RuntimeOptions

FORMATS = ("stablehlo",)
DISTRIBUTION = "jax"
LIMITS_THREADS = False


def load(bundle: Bundle, options: RuntimeOptions) -> Predict:
    """Read the model; XLA compiles it for each batch size when that is first asked for, which takes seconds.

    Raises:
        UnavailableError: JAX or the device is not there, or threads were asked for, which XLA takes from the process.
        BundleError: JAX cannot read the model.
    """
    if options.threads is not None:
        raise UnavailableError("threads", "XLA cannot limit them", "Leave --threads out, or limit the process.")
    function, device = compiled(bundle, options)
    fixed = bundle.manifest.inputs[0].shape[0]

    def predict(batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        import jax

        parts = []
        size = fixed or len(batch)
        for start in range(0, len(batch), size):
            part = batch[start : start + size]
            missing = np.zeros((size - len(part), *part.shape[1:]), np.uint8)
            pictures = np.concatenate([part, missing]) if len(missing) else part
            parts.append(np.asarray(function(jax.device_put(pictures, device)))[: len(part)])
        return np.concatenate(parts)

    return Running(predict, f"XLA for {device.platform}")


def compiled(bundle: Bundle, options: RuntimeOptions) -> tuple[Any, Any]:
    """Return the jitted function, from ``jax.Array`` to ``jax.Array``, and the ``jax.Device`` to run it on.

    Raises:
        UnavailableError: JAX or the device is not there.
        BundleError: JAX cannot read the model.
    """
    try:
        import jax
        from jax import export
    except ImportError as error:
        raise UnavailableError("jax", "not installed", "pip install 'rct[stablehlo]'.") from error
    try:
        device = jax.devices(options.device)[0]
    except RuntimeError as error:
        raise UnavailableError(
            f"device {options.device}", "JAX sees no such device", "pip install 'jax[cuda13]' for a CUDA GPU."
        ) from error
    try:
        exported = export.deserialize(bytearray(bundle.model.read_bytes()))
    except Exception as error:  # what is not a flatbuffer of the kind fails in any way
        raise BundleError(
            bundle.model, f"JAX {jax.__version__} cannot read it ({_first_line(error)})", "See rct doctor."
        ) from error
    settings = {"xla_backend_optimization_level": 0} if options.graph_optimization == "none" else None
    return jax.jit(exported.call, compiler_options=settings), device


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
