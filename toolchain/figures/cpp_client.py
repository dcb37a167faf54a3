"""What one process of the C++ client takes: seconds to its first score, peak memory, and the self-test.

    python -m toolchain.figures.cpp_client openvino=BUNDLE onnxruntime=BUNDLE opencv=BUNDLE litert=BUNDLE \
        --define OpenVINO_DIR=… --define ONNXRUNTIME_INCLUDE=… --out docs/figures/cpp_client.json

Each bundle is packaged for C++ and built with CMake in a temporary folder. A process starts, checks the digests, loads
the model, decodes and scores one golden picture, and ends; the kernel says how long it was and how much was resident.
With RCT_OPENVINO_CACHE set, OpenVINO takes what the first run compiled.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from benchmarks.figures.machine import describe_machine
from models.bundle import Bundle
from toolchain.packaging.build import write_package


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="+", metavar="RUNTIME=BUNDLE")
    parser.add_argument("--define", action="append", default=[], metavar="KEY=VALUE", help="for CMake")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        rows = []
        for index, pair in enumerate(options.pairs):
            runtime, _, bundle = pair.partition("=")
            package = Path(folder) / str(index)
            rows.append(_measure(Bundle.open(Path(bundle)), runtime, package, options.define, options.runs))
    document = {
        "machine": describe_machine("openvino", "onnxruntime-gpu", "ai-edge-litert"),
        "load_average": round(os.getloadavg()[0], 1),  # who else wants the cores
        "clients": rows,
    }
    text = json.dumps(document, indent=1, allow_nan=False)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", "utf-8")


def _measure(bundle: Bundle, runtime: str, package: Path, defines: Sequence[str], runs: int) -> dict[str, Any]:
    write_package(bundle, "cpp", package)
    model = package / "model" / bundle.manifest.model
    if runtime == "opencv":
        _quietly(sys.executable, package / "runtimes/opencv_model.py", model, f"{model}.opencv")
    _quietly("cmake", "-S", package, "-B", package / "build", f"-DRUNTIME={runtime}", *(f"-D{key}" for key in defines))
    _quietly("cmake", "--build", package / "build")
    program = package / "build" / "rct_classify"
    _run(program, package, "selftest")  # the files are in the page cache from here on
    tests = [_run(program, package, "selftest") for _ in range(runs)]
    scores = [_run(program, package, package / "golden/0.jpg") for _ in range(runs)]
    return {
        "runtime": runtime,
        "bundle": bundle.manifest.name,
        "compiled_before": runtime == "openvino" and "RCT_OPENVINO_CACHE" in os.environ,
        "first_score_seconds": [round(run.seconds, 3) for run in scores],
        "first_score_processor_seconds": [round(run.processor_seconds, 3) for run in scores],
        "peak_resident_mb": [round(run.resident_mb, 1) for run in scores],
        "selftest_seconds": [round(run.seconds, 3) for run in tests],
        "selftest": _quietly(program, package, "selftest").splitlines(),
    }


@dataclass(frozen=True)
class _Run:
    """What a process took: by the clock, on the cores, and the most that was resident."""

    seconds: float
    processor_seconds: float
    resident_mb: float


def _run(*words: object) -> _Run:
    began = perf_counter()
    process = subprocess.Popen(  # noqa: S603
        [str(word) for word in words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, code, used = os.wait4(process.pid, 0)
    seconds = perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(code)
    if process.returncode:
        sys.exit(f"{words[0]} failed")
    resident = used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1000)
    return _Run(seconds, used.ru_utime + used.ru_stime, resident)


def _quietly(*words: object) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return done.stdout


if __name__ == "__main__":
    main()
