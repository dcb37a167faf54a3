"""LiteRT (TensorFlow Lite) on the CPU, with XNNPACK."""

from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.errors import BundleError, UnavailableError
from models.runtimes import Predict, RuntimeOptions

FORMATS = ("tflite",)
DISTRIBUTION = "ai-edge-litert"


def load(bundle: Bundle, options: RuntimeOptions) -> Predict:
    """Open an interpreter for each of ``options.runs``: one takes a batch at a time.

    ``graph_optimization="none"`` runs them without XNNPACK.

    Raises:
        UnavailableError: LiteRT is not installed, or another device than the CPU was asked for.
        BundleError: LiteRT cannot read the model, cannot run it, or it does not take pictures as bytes.
    """
    if options.device != "cpu":
        raise UnavailableError(
            f"device {options.device}", "LiteRT runs on the processor here", "Use --device cpu, or the onnx format."
        )
    try:
        from ai_edge_litert.interpreter import Interpreter, OpResolverType
    except ImportError as error:
        raise UnavailableError("ai-edge-litert", "not installed", "pip install ai-edge-litert.") from error

    plain = options.graph_optimization == "none"
    resolver = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES if plain else OpResolverType.AUTO
    idle: SimpleQueue[Any] = SimpleQueue()
    try:
        for _ in range(options.runs):
            interpreter = Interpreter(
                str(bundle.model), num_threads=options.threads, experimental_op_resolver_type=resolver
            )
            interpreter.allocate_tensors()
            idle.put(interpreter)
    except (ValueError, RuntimeError) as error:
        raise _cannot_run(bundle, error) from error
    return _predict(idle, bundle)


def _predict(idle: "SimpleQueue[Any]", bundle: Bundle) -> Predict:
    interpreter = idle.get()
    image, scores = (
        _only(bundle, details) for details in (interpreter.get_input_details(), interpreter.get_output_details())
    )
    idle.put(interpreter)
    size = bundle.manifest.spec.preprocessing
    _expect(bundle, "input", image, np.uint8, (size.height, size.width, 3))
    _expect(bundle, "output", scores, np.float32, (len(bundle.manifest.spec.labels),))

    def predict(batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        interpreter = idle.get()
        try:
            if tuple(interpreter.get_input_details()[0]["shape"]) != batch.shape:
                interpreter.resize_tensor_input(image["index"], batch.shape)
                interpreter.allocate_tensors()
            interpreter.set_tensor(image["index"], np.ascontiguousarray(batch))
            interpreter.invoke()
            return np.asarray(interpreter.get_tensor(scores["index"]))
        except (ValueError, RuntimeError) as error:
            raise _cannot_run(bundle, error) from error
        finally:
            idle.put(interpreter)

    return predict


def _only(bundle: Bundle, tensors: list[dict[str, Any]]) -> dict[str, Any]:
    if len(tensors) != 1:
        raise BundleError(bundle.model, f"one input and one output expected (got {len(tensors)})", "Export it again.")
    return tensors[0]


def _expect(bundle: Bundle, role: str, tensor: dict[str, Any], dtype: type, shape: tuple[int, ...]) -> None:
    found = tuple(int(side) for side in tensor["shape"][1:])
    if tensor["dtype"] is not dtype or found != shape:
        raise BundleError(
            bundle.model,
            f"its {role} must be {np.dtype(dtype)} {list(shape)} after the batch "
            f"(got {np.dtype(tensor['dtype'])} {list(found)})",
            "Export it again.",
        )


def _cannot_run(bundle: Bundle, error: Exception) -> BundleError:
    return BundleError(bundle.model, f"LiteRT cannot run it ({_first_line(error)})", "See rct doctor.")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
