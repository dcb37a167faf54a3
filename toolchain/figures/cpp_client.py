"""What one process of the C++ client takes: seconds to its first score, peak memory, and the self-test.

    python -m toolchain.figures.cpp_client openvino=BUNDLE onnxruntime=BUNDLE opencv=BUNDLE litert=BUNDLE \
        --define OpenVINO_DIR=… --define ONNXRUNTIME_INCLUDE=… --out docs/figures/cpp_client.json

Each bundle is packaged for C++ and built with CMake in a temporary folder. A process starts, checks the digests, loads
the model, decodes and scores one golden picture, and ends; the kernel says how long it was and how much was resident.
The clients take turns, so that what else the machine does falls on all of them. OpenVINO is there twice: compiling the
model at every start, and with a cache that an earlier start filled.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures.machine import describe_machine
from models.bundle import Bundle
from toolchain.packaging.build import write_package

_CACHE = "RCT_OPENVINO_CACHE"
_STARTER = """
import os, sys, time
nowhere = [(os.POSIX_SPAWN_OPEN, output, os.devnull, os.O_WRONLY, 0) for output in (1, 2)]
began = time.perf_counter()
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=nowhere)
_, code, used = os.wait4(process, 0)
print(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(code != 0)
"""
"""The most that was resident counts the starter's own pages, too: so the starter is a Python without packages."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="+", metavar="RUNTIME=BUNDLE")
    parser.add_argument("--define", action="append", default=[], metavar="KEY=VALUE", help="for CMake")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        clients = []
        for index, pair in enumerate(options.pairs):
            runtime, _, bundle = pair.partition("=")
            clients += _build(Bundle.open(Path(bundle)), runtime, Path(folder) / str(index), options.define)
        rows = _measure(clients, options.runs)
    document = {
        "machine": describe_machine("openvino", "onnxruntime-gpu", "ai-edge-litert"),
        "load_average": round(os.getloadavg()[0], 1),  # who else wants the cores
        "clients": rows,
    }
    text = json.dumps(document, indent=1, allow_nan=False)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", "utf-8")


@dataclass(frozen=True)
class _Client:
    """A program that is built, its package, and the folder in which OpenVINO keeps what it compiled, if it does."""

    runtime: str
    bundle: str
    package: Path
    cache: Path | None = None

    def run(self, what: object) -> "_Run":
        """Start a process on a picture, or on the word ``selftest``."""
        kept = {key: value for key, value in os.environ.items() if key != _CACHE}
        environment = kept | ({_CACHE: str(self.cache)} if self.cache else {})
        return _run(environment, self.program, self.package, what)

    @property
    def program(self) -> Path:
        """The example program."""
        return self.package / "build" / "rct_classify"


def _build(bundle: Bundle, runtime: str, package: Path, defines: Sequence[str]) -> list[_Client]:
    write_package(bundle, "cpp", package)
    model = package / "model" / bundle.manifest.model
    if runtime == "opencv":
        _quietly(sys.executable, package / "runtimes/opencv_model.py", model, f"{model}.opencv")
    _quietly("cmake", "-S", package, "-B", package / "build", f"-DRUNTIME={runtime}", *(f"-D{key}" for key in defines))
    _quietly("cmake", "--build", package / "build")
    client = _Client(runtime, bundle.manifest.name, package)
    return [client, replace(client, cache=package / "cache")] if runtime == "openvino" else [client]


def _measure(clients: Sequence[_Client], runs: int) -> list[dict[str, Any]]:
    for client in clients:
        client.run("selftest")  # the files are in the page cache from here on, and OpenVINO's cache is filled
    turns = [[client.run(client.package / "golden/0.jpg") for client in clients] for _ in range(runs)]
    tests = [[client.run("selftest") for client in clients] for _ in range(runs)]
    columns = zip(clients, zip(*turns, strict=True), zip(*tests, strict=True), strict=True)
    return [_row(client, scores, tests) for client, scores, tests in columns]


def _row(client: _Client, scores: Sequence["_Run"], tests: Sequence["_Run"]) -> dict[str, Any]:
    return {
        "runtime": client.runtime,
        "bundle": client.bundle,
        "compiled_before": client.cache is not None,
        "median_first_score_seconds": round(median(run.seconds for run in scores), 3),
        "first_score_seconds": [round(run.seconds, 3) for run in scores],
        "first_score_processor_seconds": [round(run.processor_seconds, 3) for run in scores],
        "peak_resident_mb": [round(run.resident_mb, 1) for run in scores],
        "selftest_seconds": [round(run.seconds, 3) for run in tests],
        "selftest": _quietly(client.program, client.package, "selftest").splitlines(),
    }


@dataclass(frozen=True)
class _Run:
    """What a process took: by the clock, on the cores, and the most that was resident."""

    seconds: float
    processor_seconds: float
    resident_mb: float


def _run(environment: Mapping[str, str], *words: object) -> _Run:
    command = [sys.executable, "-I", "-S", "-c", _STARTER, *map(str, words)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(f"{words[0]} failed: {done.stderr.strip()}")
    seconds, processor_seconds, peak = map(float, done.stdout.split())
    return _Run(seconds, processor_seconds, peak / (1e6 if sys.platform == "darwin" else 1000))


def _quietly(*words: object) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return done.stdout


if __name__ == "__main__":
    main()
