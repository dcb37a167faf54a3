"""Input and output of an ONNX Runtime session that stay on the device between runs.

binding = bind(session, bundle, batch)     # the pictures are on the device now, the scores will be
binding.run().numpy()                      # runs, waits for the device, and copies the scores here
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.errors import BundleError


@dataclass(frozen=True)
class Binding:
    """Memory of one batch, in and out, and the session that runs on it; ``options`` are ``onnxruntime.RunOptions``."""

    session: Any
    ends: Any
    pictures: Any
    scores: Any
    options: Any

    def fill(self, batch: NDArray[np.uint8]) -> None:
        """Copy other pictures, as many of the same size, to where the input lies."""
        self.pictures.update_inplace(batch)

    def run(self) -> Any:
        """Run, wait until the device is done, and return the scores where they are, an ``onnxruntime.OrtValue``."""
        self.session.run_with_iobinding(self.ends, self.options)
        self.ends.synchronize_outputs()
        return self.scores


def bind(session: Any, bundle: Bundle, batch: NDArray[np.uint8], *, graph: int | None = None) -> Binding:
    """Copy ``batch`` to the session's device, and make room for its scores there.

    Args:
        session: an ``onnxruntime.InferenceSession`` of ``bundle``.
        bundle: what is run.
        batch: uint8 [n, height, width, 3].
        graph: a number for the CUDA graph that is captured on the first run; every binding of a session needs its own.

    Raises:
        BundleError: the model takes another number of pictures at once.
    """
    import onnxruntime as ort

    entry, output = bundle.manifest.inputs[0], bundle.manifest.outputs[0]
    if entry.shape[0] not in (None, len(batch)):
        raise BundleError(
            bundle.model, f"takes {entry.shape[0]} pictures at once (got {len(batch)})", "Give it as many."
        )
    device = "cuda" if session.get_providers()[0].startswith("CUDA") else "cpu"
    pictures = ort.OrtValue.ortvalue_from_numpy(np.array(batch, order="C"), device, 0)  # a copy on the CPU too
    shape = [len(batch), *output.shape[1:]]
    scores = ort.OrtValue.ortvalue_from_shape_and_type(shape, np.dtype(output.dtype), device, 0)
    ends = session.io_binding()
    ends.bind_ortvalue_input(entry.name, pictures)
    ends.bind_ortvalue_output(output.name, scores)
    ends.synchronize_inputs()
    options = ort.RunOptions()
    if graph is not None:
        options.add_run_config_entry("gpu_graph_id", str(graph))
    return Binding(session, ends, pictures, scores, options)
