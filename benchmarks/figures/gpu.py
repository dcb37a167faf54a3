"""Every way of ours to a GPU, the original and torch.compile, side by side in one run: a LatencyReport.

    python -m benchmarks.figures.gpu --onnx carried/fp16 carried/fp32 --out docs/figures
    python -m benchmarks.figures.gpu --classifier open_nsfw --onnx open_nsfw-onnx-fp16 --images FOLDER --out docs/figures

Wants JAX, Keras, onnx and ONNX Runtime, and PyTorch for its peer; no TensorFlow. ONNX bundles come from elsewhere, with
their weights or hollow (benchmarks.figures.hollow); StableHLO is exported here, and peers are prepared here. Without
``--classifier`` the network is a ResNet50 with random weights, the ONNX bundles' own ones, and scores mean nothing;
with it ``--images`` are scored and held against Keras on JAX in float32.

What compilers have made once they find again in ``--cache``, in a later run too.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.figures.hollow import HOLLOW, fill
from benchmarks.figures.untrained import write_noise
from benchmarks.latency.contender import Contender
from benchmarks.latency.plan import Plan
from benchmarks.latency.protocol import Inputs
from benchmarks.latency.report import LatencyReport
from benchmarks.latency.run import run
from benchmarks.preparing import prepare_peers
from models.bundle import Bundle
from models.classifier import find_original
from models.pictures import find_pictures
from models.resnet50 import ARCHITECTURES
from models.runtimes import Device

PEERS = (
    ("keras_jax", "fp32-jit"), ("keras_jax", "mixed-fp16-jit"), ("keras_jax", "fp16-jit"), ("torch_compile", "fp16"),
)  # fmt: skip
ORIGINAL = "keras_jax fp32-jit"
COPIED = ("torch_compile",)
"""Peers that take bytes, as we do: timed with the copies to the device and back as well."""

_NOISE = 8


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a line for each contender and batch size, and write the report."""
    options = _parser().parse_args(arguments)
    os.environ.setdefault("KERAS_BACKEND", "jax")
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # several processes share the GPU
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        _keep_compiled(options.cache or scratch / "cache")
        if options.classifier:
            original = find_original(options.classifier)
        else:
            original = _untrained(scratch, options.backbone, options.side)
        pictures = find_pictures([options.images]) if options.images else []
        pictures = pictures or sorted(write_noise(scratch / "noise", _NOISE).iterdir())
        hall = Hall(scratch, original, options.device)
        wanted = [one for one in contenders(hall, options.onnx) if any(part in one.name for part in options.only)]
        plan = Plan(
            scenarios=("single_stream", "offline") if options.batches else ("single_stream",),
            rounds=options.rounds,
            seconds=options.seconds,
            least_queries=4,
            most_queries=200,
            batches=tuple(options.batches) or (1,),
            warmup_seconds=5.0,
            timeout_seconds=options.timeout,
            load_timeout_seconds=options.timeout,
        )
        inputs = Inputs(pictures=tuple(str(picture) for picture in pictures))
        report = run(wanted, inputs, plan, _say, spec=original.manifest.spec if options.classifier else None)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / f"{options.name}.json").write_text(report.model_dump_json(indent=1) + "\n", "utf-8")
    for line in lines_of(report):
        print(line, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of the report")
    parser.add_argument("--name", default="bench_gpu", help="of the report's file, less .json")
    parser.add_argument("--onnx", type=Path, nargs="*", default=[], metavar="BUNDLE")
    parser.add_argument("--classifier", help="an original to measure instead of random weights")
    parser.add_argument("--images", type=Path, help="folder of pictures to ask with; noise if left out")
    parser.add_argument("--batches", type=int, nargs="*", default=[256], help="beside single pictures")
    parser.add_argument(
        "--only", nargs="+", default=[""], metavar="TEXT", help="contenders with one of these in the name"
    )
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=0.3, help="of a turn")
    parser.add_argument("--timeout", type=float, default=420, help="seconds for an answer; compilers take minutes")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--backbone", choices=ARCHITECTURES, default="resnet50")
    parser.add_argument("--side", type=int, default=224, help="of the pictures, in pixels")
    parser.add_argument("--cache", type=Path, help="folder for what compilers make")
    return parser


@dataclass(frozen=True)
class Hall:
    """Where the contest takes place: a scratch folder, the original that all come from, and the device."""

    scratch: Path
    original: Bundle
    device: Device


def contenders(hall: Hall, onnx: Sequence[Path]) -> Iterator[Contender]:
    """Yield them all; what cannot be made is said and left out."""
    for path in onnx:
        yield from _onnx(hall, path)
    yield from _stablehlo(hall)
    yield from _peers(hall)


def _onnx(hall: Hall, path: Path) -> Iterator[Contender]:
    bundle = Bundle.open(path)
    if HOLLOW in bundle.manifest.details:
        bundle = fill(bundle, hall.scratch / f"onnx-{bundle.manifest.recipe}")
    recipe, place = bundle.manifest.recipe, str(bundle.path)
    graph = {"enable_cuda_graph": "1"}
    for name, settings in ((f"onnx {recipe} cuda graph", graph), (f"onnx {recipe}", {})):
        yield Contender(name=f"{name} resident", bundle=place, device=hall.device, stage="resident", settings=settings)
        yield Contender(name=name, bundle=place, device=hall.device, settings=settings)


def _stablehlo(hall: Hall) -> Iterator[Contender]:
    target = hall.scratch / "stablehlo-fp16"
    command = [sys.executable, "-m", "exporters.stablehlo", str(hall.original.path), "--recipe", "fp16"]
    command += ["--first", "pixels", "--out", str(target)]
    done = subprocess.run(command, env=_on_the_processor(), check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        _say(f"stablehlo: left out ({(done.stderr.strip().splitlines() or ['no word'])[-1][:300]})")
        return
    yield Contender(name="stablehlo fp16 resident", bundle=str(target), device=hall.device, stage="resident")
    yield Contender(name="stablehlo fp16", bundle=str(target), device=hall.device)


def _peers(hall: Hall) -> Iterator[Contender]:
    ready, left_out = prepare_peers(
        hall.original, [], hall.scratch / "peers", PEERS, progress=_say, device=hall.device, stage="resident"
    )
    for name, reason in left_out.items():
        _say(f"{name}: left out ({reason})")
    for one in ready:
        yield one.model_copy(update={"name": f"{one.name} resident", "original": one.name == ORIGINAL})
        if one.peer in COPIED:
            yield one.model_copy(update={"stage": "model"})


def _untrained(scratch: Path, backbone: str, side: int) -> Bundle:
    """Make the original in a process of its own: this one must not take memory of the GPU."""
    command = [sys.executable, "-m", "benchmarks.figures.untrained", str(scratch), "--backbone", backbone]
    subprocess.run([*command, "--side", str(side)], env=_on_the_processor(), check=True)  # noqa: S603
    return find_original(str(scratch / "resnet50"))


def _on_the_processor() -> dict[str, str]:
    return {**os.environ, "JAX_PLATFORMS": "cpu"}


def _keep_compiled(cache: Path) -> None:
    """Have XLA and PyTorch's compiler keep what they made: several contenders are the same program."""
    os.environ["JAX_COMPILATION_CACHE_DIR"] = str(cache / "xla")
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(cache / "torch")


def _say(text: str, *, done: int = 0, total: int | None = None) -> None:
    print(text if total is None else f"{text} ({done} of {total})", file=sys.stderr, flush=True)


def lines_of(report: LatencyReport) -> Iterator[str]:
    """Yield a line for each contender and batch size: the median of all its times; and for each that failed."""
    for row in report.rows:
        name = row.contender.name
        for samples in (one for some in row.scenarios.values() for one in some):
            middle = median(time for turn in samples.rounds for time in turn)
            speed = samples.batch * 1e9 / middle
            yield f"batch {samples.batch}: {name}: {middle / 1e6:.3f} ms, {speed:,.0f} pictures/s"
        if row.subject and row.subject.nodes_elsewhere:
            yield f"{name}: {row.subject.nodes_elsewhere} nodes run elsewhere than on {row.subject.provider}"
        if row.parity:
            yield f"{name}: parity {'; '.join(row.parity.failures) or 'passed'}"
        if row.failure:
            yield f"{name}: failed ({row.failure})"


if __name__ == "__main__":
    main()
