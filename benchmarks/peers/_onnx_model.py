"""An ONNX file of normalised float pictures in ONNX Runtime, opened as models.runtimes.onnxruntime opens ours."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.latency.model import Model
from benchmarks.peers._folder import spec_of, subject
from benchmarks.peers._pictures import normaliser
from models.onnxruntime_session import nodes_by_provider, open_session
from models.runtimes import RuntimeOptions

Output = NDArray[np.float32]


def load_onnx(file: Path, contender: Contender, scores: Callable[[Output], Output] = lambda output: output) -> Model:
    """Open ``file`` on the contender's device with its threads; ``scores`` makes scores of its one output.

    Raises:
        UnavailableError: another provider than the device's would run it.
        BundleError: ONNX Runtime cannot read the file.
    """
    import onnxruntime

    options = RuntimeOptions(device=contender.device, threads=contender.threads, settings=contender.settings)
    session = open_session(file, options)
    (entry,) = session.get_inputs()

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(scores(session.run(None, {entry.name: batch})[0]))

    nodes, provider = nodes_by_provider(session), session.get_providers()[0]
    described = subject(contender, "onnxruntime", onnxruntime.__version__, provider)
    return Model(
        run=run,
        subject=described.model_copy(update={"nodes_elsewhere": sum(nodes.values()) - nodes[provider]}),
        prepare=normaliser(spec_of(file.parent).preprocessing),
    )
