"""The range of every activation, measured by running the float graph over the calibration pictures."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exporters.calibration import Calibrator
from exporters.onnx.convert import INPUT


def measure(
    model: Any, tensors: Sequence[str], batches: Iterable[NDArray[np.uint8]], calibrator: Calibrator
) -> dict[str, tuple[float, float]]:
    """Return (low, high) of each of ``tensors``, low <= 0 <= high, as ``calibrator`` sees them.

    One batch's activations are in memory at a time, whatever the number of pictures.

    Args:
        model: a tidy float32 ``onnx.ModelProto`` (exporters.onnx.convert).
        tensors: names of activations in it.
        batches: uint8 [n, height, width, 3].
        calibrator: an empty one of exporters.calibration.
    """
    run = activations(model, tensors)
    for batch in batches:
        for name, values in zip(tensors, run(batch), strict=True):
            calibrator.observe(name, values)
    return calibrator.ranges()


def activations(model: Any, tensors: Sequence[str]) -> Callable[[NDArray[np.uint8]], list[NDArray[np.float32]]]:
    """Return a function from a uint8 batch to the values of ``tensors``, in their order."""
    import onnx
    import onnxruntime as ort
    from onnx import TensorProto, helper

    exposed = onnx.ModelProto()
    exposed.CopyFrom(model)
    del exposed.graph.output[:]
    exposed.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in tensors)
    settings = ort.SessionOptions()
    settings.log_severity_level = 3
    session = ort.InferenceSession(exposed.SerializeToString(), settings, providers=["CPUExecutionProvider"])
    return lambda batch: list(session.run(list(tensors), {INPUT: batch}))
