"""How many pictures a second ``rct serve`` answers, beside what ``rct bench`` gives for the same work end to end.

    python -m toolchain.figures.serve_speed BUNDLE --out docs/figures/serve_speed.json [OPTIONS OF rct serve]

In turns, on the same pictures: a worker of the benchmark from file bytes to verdicts, one picture at a time and in
batches; the server at saturation and with one connection, asked by wrk; and by a generator with an open loop, which wrk
does not have, at half of its own saturated rate. What a single request takes, that generator measures twice: one after
another without a pause, and one at a time at an eighth of the saturated rate, where processors rest in between and have
to wake up, as they do at half load. Generators run on the server's cores, so their processor time is written down, and
nothing is taken off for it.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures.machine import describe_machine
from benchmarks.latency.arrivals import poisson
from benchmarks.latency.contender import Contender
from benchmarks.latency.process import WorkerProcess
from benchmarks.latency.protocol import Command, Inputs, Load, Measure, Measured, Warm
from models.bundle import Bundle
from models.decoding import picture_format
from models.pictures import find_pictures
from models.processor import usable_cores
from toolchain.figures.large_photographs import write_large
from toolchain.figures.open_loop import ask_in_turn, ask_open_loop

CONNECTIONS = 16
BATCH = 8
_PICTURES = 64
_CALIBRATION = Path(__file__).parents[2] / "exporters" / "calibration" / "pictures"
_LUA = """
local requests, turn = {}, 0
function init()
  for path in io.lines("%s") do
    local file = assert(io.open(path, "rb"))
    requests[#requests + 1] = wrk.format("POST", "/v1/classify", {["Content-Type"] = "image/jpeg"}, file:read("*a"))
    file:close()
  end
end
function request()
  turn = turn %% #requests + 1
  return requests[turn]
end
function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"requests": %%d, "us": %%d, "failed": %%d, "p50_us": %%d, "p99_us": %%d}\\n',
    summary.requests, summary.duration, failed, latency:percentile(50), latency:percentile(99)))
end
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure in turns, print a line for each round, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--pictures", type=Path, default=_CALIBRATION, help="a folder with JPEG files")
    parser.add_argument("--large", action="store_true", help="enlarge the pictures to photographs of about 2 MB")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each turn")
    parser.add_argument("--out", type=Path)
    options, serve_options = parser.parse_known_args(arguments)
    rounds: list[dict[str, Any]] = []
    with (
        TemporaryDirectory() as folder,
        _photographs(options.pictures, options.large) as paths,
        _worker(options.bundle, paths) as worker,
        _server(options.bundle, serve_options) as (url, server),
    ):
        sizes = [path.stat().st_size for path in paths]
        pictures = {"count": len(sizes), "mean_bytes": round(sum(sizes) / len(sizes)), "large": options.large}
        script = _write_script(Path(folder), paths)
        _wrk(url, script, CONNECTIONS, 2.0, server)  # warm
        for number in range(options.rounds):
            rounds.append(_round(worker, url, script, paths, options.seconds, server, number))
            print(json.dumps(rounds[-1]))
    document = {
        "machine": describe_machine("fastapi", "uvicorn", "uvloop", "httptools"),
        "bundle": Bundle.open(options.bundle).manifest.sha256,
        "serve_options": serve_options,
        "connections": CONNECTIONS,
        "pictures": pictures,
        "summary": _summary(rounds),
        "rounds": rounds,
    }
    text = json.dumps(document, indent=1, allow_nan=False)
    print(json.dumps(document["summary"], indent=1))
    if options.out:
        options.out.write_text(text + "\n", "utf-8")


@contextmanager
def _photographs(folder: Path, large: bool) -> Iterator[list[Path]]:
    with TemporaryDirectory() as scratch:
        yield write_large(_jpegs(folder), Path(scratch)) if large else _jpegs(folder)


def _jpegs(folder: Path) -> list[Path]:
    found = [path for path in find_pictures([folder]) if picture_format(path.read_bytes()[:16]) == "JPEG"]
    if not found:
        sys.exit(f"{folder}: no JPEG files")
    return [path.resolve() for path in found[:_PICTURES]]


def _write_script(folder: Path, paths: Sequence[Path]) -> Path:
    names, script = folder / "pictures.txt", folder / "post.lua"
    names.write_text("".join(f"{path}\n" for path in paths), "utf-8")
    script.write_text(_LUA % names, "utf-8")
    return script


@contextmanager
def _worker(bundle: Path, paths: Sequence[Path]) -> Iterator[WorkerProcess]:
    """Yield a worker of the benchmark, loaded and warm, that uses every core as ``rct bench`` does by default."""
    contender = Contender(name="bench", bundle=str(bundle), threads=usable_cores(), stage="file")
    with WorkerProcess(contender) as worker:
        inputs = Inputs(pictures=tuple(map(str, paths)))
        _ask(worker, Load(contender=contender, inputs=inputs, started_ns=worker.started_ns))
        for batch in (1, BATCH):
            _ask(worker, Warm(batch=batch, seconds=5))
        yield worker


def _ask(worker: WorkerProcess, command: Command) -> Any:
    reply = worker.ask(command, seconds=180)
    if reply.kind == "failed":
        sys.exit(f"the benchmark's worker: {reply.reason}")
    return reply


@contextmanager
def _server(bundle: Path, options: Sequence[str]) -> Iterator[tuple[str, int]]:
    command = [sys.executable, "-m", "toolchain", "serve", str(bundle), "--port", "0", "--quiet", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None  # noqa: S101
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.terminate()


def _round(
    worker: WorkerProcess, url: str, script: Path, paths: Sequence[Path], seconds: float, server: int, number: int
) -> dict[str, Any]:
    single = _bench(worker, 1, seconds)
    batches = _bench(worker, BATCH, seconds)
    full = _wrk(url, script, CONNECTIONS, seconds, server)
    alone = _wrk(url, script, 1, seconds, server)
    rate = full["images_per_second"] / 2
    half = _open_loop(url, paths, poisson(rate, max(100, int(2 * seconds * rate)), number))
    lone = _open_loop(url, paths, np.arange(max(50, int(seconds / 4 * rate))) / (rate / 4))
    single_client = _in_turn(url, paths, max(50, int(seconds / 2 * alone["images_per_second"])))
    load = round(os.getloadavg()[0], 1)
    return {
        "bench": single,
        "bench_batches": batches,
        "full": full,
        "alone": alone,
        "in_turn": single_client,
        "lone": lone,
        "half": half,
        "load_average": load,
    }


def _bench(worker: WorkerProcess, batch: int, seconds: float) -> dict[str, float]:
    measured: Measured = _ask(worker, Measure(batch=batch, seconds=seconds, least=8, most=100_000))
    count = batch * len(measured.times_ns)
    return {
        "images_per_second": round(count / measured.wall_ns * 1e9, 2),
        "p50_ms": round(float(np.median(measured.times_ns)) / 1e6, 2),
        "cpu_ms_per_image": round(measured.cpu_ns / count / 1e6, 2),
    }


def _wrk(url: str, script: Path, connections: int, seconds: float, server: int) -> dict[str, float]:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "30s", "-s", str(script), url]
    before = _cpu_seconds(server)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stdout is not None  # noqa: S101
    said = process.stdout.read()
    _, code, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    counted = json.loads(said.splitlines()[-1])
    if process.returncode or counted["failed"]:
        sys.exit(f"wrk: {said}")
    return {
        "images_per_second": round(counted["requests"] / counted["us"] * 1e6, 2),
        "p50_ms": round(counted["p50_us"] / 1e3, 2),
        "p99_ms": round(counted["p99_us"] / 1e3, 2),
        "cpu_ms_per_image": round(1e3 * (_cpu_seconds(server) - before) / counted["requests"], 2),
        "wrk_cpu_share": round((used.ru_utime + used.ru_stime) / (counted["us"] / 1e6) / usable_cores(), 4),
    }


def _in_turn(url: str, paths: Sequence[Path], count: int) -> dict[str, float]:
    place = urlsplit(url)
    times = asyncio.run(
        ask_in_turn(str(place.hostname), place.port or 80, [path.read_bytes() for path in paths], count)
    )
    return {f"p{share}_ms": round(1e3 * float(np.percentile(times, share)), 2) for share in (50, 99)}


def _open_loop(url: str, paths: Sequence[Path], arrivals: NDArray[np.float64]) -> dict[str, float]:
    place = urlsplit(url)
    bodies = [path.read_bytes() for path in paths]
    began = process_time()
    times = asyncio.run(ask_open_loop(str(place.hostname), place.port or 80, bodies, arrivals))
    return {
        "rate": round(len(times) / float(arrivals[-1]), 2),
        "requests": len(times),
        "p50_ms": round(1e3 * float(np.percentile(times, 50)), 2),
        "p99_ms": round(1e3 * float(np.percentile(times, 99)), 2),
        "generator_cpu_share": round((process_time() - began) / float(arrivals[-1]) / usable_cores(), 4),
    }


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _summary(rounds: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return medians over the rounds of what is wanted; each share is of one round, so that drift cancels."""
    best = [max(one["bench"]["images_per_second"], one["bench_batches"]["images_per_second"]) for one in rounds]
    full = [one["full"]["images_per_second"] for one in rounds]
    return {
        "serve_images_per_second": median(full),
        "bench_images_per_second": median(best),
        "share_of_bench": round(median(a / b for a, b in zip(full, best, strict=True)), 3),
        "half_load_p99_ms": median(one["half"]["p99_ms"] for one in rounds),
        "half_load_p99_of_bench_single": round(
            median(one["half"]["p99_ms"] / one["bench"]["p50_ms"] for one in rounds), 2
        ),
        "half_load_p99_of_serve_single": round(
            median(one["half"]["p99_ms"] / one["in_turn"]["p50_ms"] for one in rounds), 2
        ),
        "half_load_p99_of_lone_request": round(
            median(one["half"]["p99_ms"] / one["lone"]["p50_ms"] for one in rounds), 2
        ),
        "half_load_p99_of_wrk_single": round(
            median(one["half"]["p99_ms"] / one["alone"]["p50_ms"] for one in rounds), 2
        ),
    }


if __name__ == "__main__":
    main()
