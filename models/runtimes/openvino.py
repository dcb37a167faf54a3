"""OpenVINO, on the CPU."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.errors import BundleError, UnavailableError
from models.runtimes import Predict, RuntimeOptions

FORMATS = ("openvino",)
DISTRIBUTION = "openvino"

_SIZES_KEPT = 2
"""Compiled models kept, each for one batch size: that of a run over many pictures, and that of its last batch."""


def load(bundle: Bundle, options: RuntimeOptions) -> Predict:
    """Read the model; it is compiled for a batch size when that is first asked for.

    With ``hint="latency"`` a batch is one request to all threads, or to those of one of ``options.runs`` streams: runs
    of one stream wait for each other. With ``"throughput"`` pictures are requests of their own, as many at a time as
    OpenVINO makes streams for. Arithmetic keeps the model's precision on every processor:
    OpenVINO would fall to bfloat16 where there is hardware for it.

    Raises:
        UnavailableError: OpenVINO is not installed, or cannot give what was asked for.
        BundleError: OpenVINO cannot read the model.
    """
    if options.device != "cpu":
        raise UnavailableError(
            f"device {options.device}", "OpenVINO runs on the processor here", "Use --device cpu, or the onnx format."
        )
    if options.graph_optimization == "none":
        raise UnavailableError("graph optimization", "OpenVINO cannot leave it out", "Use the onnx format.")
    try:
        import openvino
    except ImportError as error:
        raise UnavailableError("openvino", "not installed", "pip install 'rct[openvino]'.") from error

    core = openvino.Core()
    settings = {"PERFORMANCE_HINT": options.hint.upper(), "EXECUTION_MODE_HINT": "ACCURACY"}
    if options.threads is not None:
        settings["INFERENCE_NUM_THREADS"] = str(options.threads * options.runs)
    if options.runs > 1:
        settings["NUM_STREAMS"] = str(options.runs)

    @lru_cache(maxsize=_SIZES_KEPT)
    def compiled(size: int) -> _Compiled:
        try:
            model = core.read_model(bundle.model)
            model.reshape([size, *bundle.manifest.inputs[0].shape[1:]])
            return _Compiled(core.compile_model(model, "CPU", settings))
        except RuntimeError as error:
            raise BundleError(
                bundle.model, f"OpenVINO {openvino.__version__} cannot load it ({_last_line(error)})", "See rct doctor."
            ) from error

    fixed = bundle.manifest.inputs[0].shape[0]
    throughput = options.hint == "throughput"
    compiled(fixed or 1)

    def predict(batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        size = fixed or (1 if throughput else len(batch))
        parts = [_filled(batch[start : start + size], size) for start in range(0, len(batch), size)]
        run = _side_by_side if throughput else _in_turn
        return np.concatenate(run(compiled(size), parts))[: len(batch)]

    return predict


class _Compiled:
    """A compiled model, and requests to it that nobody uses at the moment: their buffers are made once."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._idle: SimpleQueue[Any] = SimpleQueue()

    @contextmanager
    def request(self) -> Iterator[Any]:
        try:
            request = self._idle.get_nowait()
        except Empty:
            request = self.model.create_infer_request()
        yield request
        self._idle.put(request)  # one that failed is left to itself


def _in_turn(compiled: _Compiled, parts: list[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
    with compiled.request() as request:
        return [np.array(request.infer([part])[0]) for part in parts]


def _side_by_side(compiled: _Compiled, parts: list[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
    """Run as many requests at a time as there are streams.

    Without callbacks: OpenVINO's threads would need Python's lock for one while this thread, holding it, waits for them
    to end (AsyncInferQueue hung in most runs where a model was let go of soon after).
    """
    streams = compiled.model.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")
    requests = [compiled.model.create_infer_request() for _ in range(min(streams, len(parts)))]
    found: list[NDArray[np.float32]] = []
    for index in range(len(parts) + len(requests)):
        request = requests[index % len(requests)]
        if index >= len(requests):
            request.wait()
            found.append(np.array(request.get_output_tensor(0).data))
        if index < len(parts):
            request.start_async([parts[index]])
    return found


def _filled(part: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Fill the last part of a batch up to the size that the model takes."""
    if len(part) == size:
        return part
    return np.concatenate([part, np.zeros((size - len(part), *part.shape[1:]), np.uint8)])


def _last_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1][:200]
