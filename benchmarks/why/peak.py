"""The arithmetic peak of this machine, measured: the best of several kernels of the runtimes that are installed.

measure_peak(threads=1)              # Peak(threads=1, fp32_macs_per_second=6.3e10, int8_macs_per_second=2.1e11, ...)

It is what these libraries reach on work that suits them, not what the data sheet says: clock, cores and caches are
those that the process really gets. Measured in a process of its own, so that nothing else's threads are in it:

    python -m benchmarks.why.peak 1 0.08             # threads, seconds of a turn, cores to be pinned to
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from benchmarks.why.document import Peak
from benchmarks.why.peak_kernels import CHAINS, Arithmetic, Chain, chain_model

SECONDS = 0.08
"""How long each kernel is tried in a turn."""
TURNS = 3
"""Each kernel gets several turns, so that a moment in which the machine was busy spoils none."""
TIMEOUT = 120
"""After so many seconds it is given up."""

_KINDS: tuple[Arithmetic, ...] = ("fp32", "int8")


@dataclass(frozen=True)
class Trial:
    """One kernel's best: multiply-accumulates a second, and in which library."""

    rate: float
    library: str
    chain: Chain


def measure_peak(threads: int, cores: Sequence[int] | None = None, seconds: float = SECONDS) -> Peak:
    """Measure in a process of its own; each kernel gets several turns of ``seconds``: under ten in all.

    ``cores``: those that the process is pinned to, None for any; it is not where the system cannot.

    What cannot be measured is None, and ``how`` says why; nothing is raised for it.
    """
    root = str(Path(__file__).parents[2])
    inherited = os.environ.get("PYTHONPATH")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (root, inherited)))}
    command = [sys.executable, "-m", __name__, str(threads), str(seconds), *map(str, cores or ())]
    try:
        done = subprocess.run(  # noqa: S603
            command, env=environment, capture_output=True, text=True, check=True, timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired:
        return Peak(threads=threads, how=f"not measured: it took more than {TIMEOUT} seconds")
    except subprocess.CalledProcessError as error:
        reason = (error.stderr.strip().splitlines() or [f"exit code {error.returncode}"])[-1][:200]
        return Peak(threads=threads, how=f"not measured: {reason}")
    return Peak.model_validate_json(done.stdout.splitlines()[-1])


def peak_here(threads: int, seconds: float = SECONDS) -> Peak:
    """Measure in this process."""
    best = {kind: max(trials(kind, threads, seconds), key=lambda trial: trial.rate, default=None) for kind in _KINDS}
    told = [f"{kind}: {trial.chain.title} in {trial.library}" for kind, trial in best.items() if trial]
    fp32, int8 = best["fp32"], best["int8"]
    return Peak(
        threads=threads,
        fp32_macs_per_second=fp32.rate if fp32 else None,
        int8_macs_per_second=int8.rate if int8 else None,
        how="; ".join(told) or "not measured: neither ONNX Runtime nor OpenVINO is installed",
    )


def trials(kind: Arithmetic, threads: int, seconds: float = SECONDS) -> Iterator[Trial]:
    """Yield the best of every chain in every library that is installed, turn by turn."""
    runs = []
    for library in (_onnxruntime, _openvino):
        for chain in CHAINS:
            try:
                runs.append((chain, *library(chain_model(chain, kind), threads, chain, kind)))
            except ImportError:
                break
    for _ in range(TURNS):
        for chain, name, run in runs:
            yield Trial(chain.macs / _best_ns(run, seconds) * 1e9, name, chain)


def _best_ns(run: Callable[[], object], seconds: float) -> int:
    """Return the shortest of the calls that fit into ``seconds``, after one that does not count."""
    run()
    best, end = sys.maxsize, perf_counter_ns() + round(seconds * 1e9)
    while True:
        start = perf_counter_ns()
        run()
        now = perf_counter_ns()
        best = min(best, now - start)
        if now >= end:
            return best


def _onnxruntime(model: Any, threads: int, chain: Chain, kind: Arithmetic) -> tuple[str, Callable[[], object]]:
    import onnxruntime as ort

    settings = ort.SessionOptions()
    settings.log_severity_level = 3
    settings.intra_op_num_threads = threads
    settings.inter_op_num_threads = 1
    settings.add_session_config_entry("session.force_spinning_stop", "1")  # or it disturbs who comes next
    session = ort.InferenceSession(model.SerializeToString(), settings, providers=["CPUExecutionProvider"])
    feed = {"x": _input(chain, kind)}
    return f"ONNX Runtime {ort.__version__}", lambda: session.run(None, feed)


def _openvino(model: Any, threads: int, chain: Chain, kind: Arithmetic) -> tuple[str, Callable[[], object]]:
    import openvino

    core = openvino.Core()
    settings = {"PERFORMANCE_HINT": "LATENCY", "EXECUTION_MODE_HINT": "ACCURACY", "INFERENCE_NUM_THREADS": str(threads)}
    request = core.compile_model(core.read_model(model.SerializeToString()), "CPU", settings).create_infer_request()
    feed = _input(chain, kind)
    return f"OpenVINO {openvino.__version__.partition('-')[0]}", lambda: request.infer([feed])


def _input(chain: Chain, kind: Arithmetic) -> Any:
    import numpy as np

    shape = (1, chain.channels, chain.side, chain.side) if chain.kernel else (chain.side, chain.channels)
    chance = np.random.default_rng(1)
    return (
        chance.integers(0, 256, shape, dtype=np.uint8)
        if kind == "int8"
        else chance.normal(size=shape).astype("float32")
    )


if __name__ == "__main__":
    if sys.argv[3:] and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, map(int, sys.argv[3:]))
    print(peak_here(int(sys.argv[1]), float(sys.argv[2])).model_dump_json())
