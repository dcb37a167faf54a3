"""ONNX Runtime, input and output bound to the device's memory."""

from itertools import count

from benchmarks.latency.resident import Place, RunResident
from models.bundle import Bundle
from models.onnxruntime_binding import Binding, bind
from models.onnxruntime_session import cannot_run, open_session
from models.runtimes import RuntimeOptions


def resident(bundle: Bundle, options: RuntimeOptions) -> tuple[Place, RunResident]:
    """Open a session; each batch that is placed has memory of its own and, if wanted, a CUDA graph of its own.

    Raises:
        UnavailableError: ONNX Runtime or the provider is not there, or another provider would run the model.
        BundleError: ONNX Runtime cannot read the model; of what is returned: it cannot run it.
    """
    session = open_session(bundle.model, options)
    graphs = count(1) if options.settings.get("enable_cuda_graph") == "1" else None

    def run(placed: Binding) -> object:
        try:
            return placed.run()
        except Exception as error:  # onnxruntime's exceptions have no common type but this one
            raise cannot_run(bundle, error) from error

    return lambda batch: bind(session, bundle, batch, graph=next(graphs) if graphs else None), run
