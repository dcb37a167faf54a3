"""ONNX Runtime, on the CPU or through its CUDA provider."""

from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.onnxruntime_binding import Binding, bind
from models.onnxruntime_cuda import SETTINGS as CUDA_SETTINGS
from models.onnxruntime_session import cannot_run, nodes_by_provider, open_session
from models.runtimes import Predict, Running, RuntimeOptions

FORMATS = ("onnx",)
DISTRIBUTION = "onnxruntime"
SETTINGS = CUDA_SETTINGS


def load(bundle: Bundle, options: RuntimeOptions) -> Predict:
    """Open a session on the provider that was asked for, and on no other.

    With the setting ``enable_cuda_graph`` each batch size is captured when it first comes, and its graph is kept.

    Raises:
        UnavailableError: ONNX Runtime or the provider is not there, or another provider would run the model.
        BundleError: ONNX Runtime cannot read the model; of what is returned: it cannot run it.
    """
    session = open_session(bundle.model, options)
    captured = options.settings.get("enable_cuda_graph") == "1"
    run = _through_graphs(session, bundle) if captured else _through_memory(session, bundle)
    fixed = bundle.manifest.inputs[0].shape[0]

    def predict(batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        try:
            return run(batch) if fixed in (None, len(batch)) else _in_batches_of(fixed, batch, run)
        except Exception as error:  # onnxruntime's exceptions have no common type but this one
            raise cannot_run(bundle, error) from error

    nodes = nodes_by_provider(session)
    provider = session.get_providers()[0]
    return Running(predict, provider, nodes_elsewhere=sum(nodes.values()) - nodes[provider])


def _through_memory(session: Any, bundle: Bundle) -> Predict:
    name, scores = bundle.manifest.inputs[0].name, bundle.manifest.outputs[0].name
    return lambda batch: np.asarray(session.run([scores], {name: batch})[0])


def _through_graphs(session: Any, bundle: Bundle) -> Predict:
    """A captured graph reads and writes where it did when it was captured: pictures are copied there."""
    bindings: dict[int, Binding] = {}
    one_at_a_time = Lock()

    def run(batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        size = len(batch)
        with one_at_a_time:
            if size in bindings:
                bindings[size].fill(batch)
            else:
                bindings[size] = bind(session, bundle, batch, graph=size)
            return np.array(bindings[size].run().numpy())

    return run


def _in_batches_of(size: int, batch: NDArray[np.uint8], run: Predict) -> NDArray[np.float32]:
    """Run ``batch`` through a model of a fixed batch size; the last part is filled up and what is over is cut."""
    parts = []
    for start in range(0, len(batch), size):
        part = batch[start : start + size]
        filled = np.concatenate([part, np.zeros((size - len(part), *part.shape[1:]), np.uint8)])
        parts.append(run(filled)[: len(part)])
    return np.concatenate(parts)
