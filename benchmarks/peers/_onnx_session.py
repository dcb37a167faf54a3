"""A session of ONNX Runtime on float pictures, opened as models.runtimes.onnxruntime opens one on ours."""

from pathlib import Path
from typing import Any

from benchmarks.latency.contender import Contender
from models.errors import UnavailableError
from models.runtimes.onnxruntime import PROVIDERS


def open_session(file: Path, contender: Contender) -> Any:
    """Open ``file`` on the contender's device with its threads; they stop, rather than spin, between two runs.

    Raises:
        UnavailableError: another provider than the one asked for would run it.
    """
    import onnxruntime as ort

    settings = ort.SessionOptions()
    settings.log_severity_level = 3
    if contender.threads is not None:
        settings.intra_op_num_threads = contender.threads
        settings.inter_op_num_threads = 1
    settings.add_session_config_entry("session.force_spinning_stop", "1")
    provider = PROVIDERS[contender.device]
    available = ort.get_available_providers()
    if provider not in available:
        raise UnavailableError(
            f"device {contender.device}", f"this ONNX Runtime has no {provider} (it has {', '.join(available)})"
        )
    session = ort.InferenceSession(str(file), settings, providers=[provider])
    running = session.get_providers()[0]
    if running != provider:
        raise UnavailableError(f"device {contender.device}", f"{running} would run instead of {provider}")
    return session
