"""Opening an ONNX file in ONNX Runtime: on the provider that was asked for, or an error that says why not."""

from collections import Counter
from pathlib import Path
from typing import Any

from models.bundle import Bundle
from models.errors import BundleError, RctError, UnavailableError
from models.onnxruntime_cuda import PROVIDER as CUDA
from models.onnxruntime_cuda import provider_options, quiet, why_not
from models.runtimes import Device, RuntimeOptions

PROVIDERS: dict[Device, str] = {"cpu": "CPUExecutionProvider", "cuda": CUDA}

_RECORD = "session.record_ep_graph_assignment_info"


def open_session(model: Path, options: RuntimeOptions, settings: Any = None) -> Any:
    """Return an ``onnxruntime.InferenceSession`` of the file on the device of ``options``, and on no other.

    ONNX Runtime falls back to the CPU without a word when a provider cannot start; here that is an error.
    ``settings``: those of ``session_settings``, with more in them.

    Raises:
        UnavailableError: ONNX Runtime or the provider is not there, or another provider would run the model.
        BundleError: ONNX Runtime cannot read the model.
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
    settings = session_settings(options) if settings is None else settings
    chosen = (provider, provider_options(options.device, options.settings))
    try:
        with quiet():
            session = ort.InferenceSession(str(model), settings, providers=[chosen], enable_fallback=0)
    except Exception as error:  # onnxruntime's exceptions have no common type but this one
        raise _cannot_load(model, options, error) from error
    running = session.get_providers()[0]
    if running != provider:
        raise UnavailableError(
            f"device {options.device}",
            f"{running} would run instead of {provider}: {why_not()}",
            "Or use --device cpu.",
        )
    return session


def session_settings(options: RuntimeOptions) -> Any:
    """Return the ``onnxruntime.SessionOptions`` of every session of ours."""
    import onnxruntime as ort

    settings = ort.SessionOptions()
    settings.log_severity_level = 3
    settings.add_session_config_entry(_RECORD, "1")
    if options.threads is not None:
        settings.intra_op_num_threads = options.threads
        settings.inter_op_num_threads = 1
    if options.graph_optimization == "none":
        settings.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return settings


def nodes_by_provider(session: Any) -> Counter[str]:
    """Count the nodes that each provider was given, as a session of ``open_session`` has recorded it."""
    found: Counter[str] = Counter()
    for part in session.get_provider_graph_assignment_info():
        found[part.ep_name] += len(part.get_nodes())
    return found


def cannot_run(bundle: Bundle, error: Exception) -> RctError:
    """Return what is to be raised when a session fails on a batch."""
    import onnxruntime as ort

    line = _first_line(error, bundle.model)
    return BundleError(bundle.model, f"ONNX Runtime {ort.__version__} cannot run it ({line})", "See rct doctor.")


def _cannot_load(model: Path, options: RuntimeOptions, error: Exception) -> RctError:
    import onnxruntime as ort

    line = _first_line(error, model)
    if options.device == "cuda" and "CUDA failure" in str(error):
        return UnavailableError("device cuda", f"{CUDA} cannot start ({line})", "nvidia-smi says what is there.")
    return BundleError(model, f"ONNX Runtime {ort.__version__} cannot load it ({line})", "See rct doctor.")


def _first_line(error: Exception, model: Path) -> str:
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return line.replace(str(model), model.name)[:200]
