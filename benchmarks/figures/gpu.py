"""Every way of ours to a GPU, the original and torch.compile, side by side in one run: a LatencyReport.

    python -m benchmarks.figures.gpu --onnx carried/fp16 carried/fp32 --out FOLDER
    python -m benchmarks.figures.gpu --classifier open_nsfw --onnx open_nsfw-onnx-fp16 --images PICTURES --out FOLDER

Wants JAX, Keras, onnx and ONNX Runtime, and PyTorch for its peer; no TensorFlow. ONNX bundles come from elsewhere, with
their weights or hollow (benchmarks.figures.hollow); StableHLO is exported here, and peers are prepared here. Without
``--classifier`` the network is a ResNet50 with random weights, the ONNX bundles' own ones, and scores mean nothing;
with it ``--images`` are scored and held against Keras on JAX in float32.

What is prepared is kept in ``--work``, compiled programs too: a short run there, such as with ``--seconds 0.05``, lets
the next one begin soon. PyTorch's compiler takes three to five minutes for a precision and a batch size, largely on one
core: once the contenders are prepared, short runs of one precision each can go side by side. With all of that kept,
fourteen contenders still take more than seven minutes on an H100. The report is written anew after every round: a run
that a time limit ends leaves its whole rounds.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.figures.gpu_contenders import Hall, say
from benchmarks.latency.plan import Plan
from benchmarks.latency.protocol import Inputs
from benchmarks.latency.report import LatencyReport
from benchmarks.latency.report_file import write_report
from benchmarks.latency.run import run
from models.classifier import find_original
from models.pictures import find_pictures
from models.resnet50 import ARCHITECTURES


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a line for each contender and batch size, and write the report."""
    options = _parser().parse_args(arguments)
    os.environ.setdefault("KERAS_BACKEND", "jax")
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # several processes share the GPU
    with tempfile.TemporaryDirectory() as folder:
        work = (options.work or Path(folder)).absolute()
        _keep_compiled(work / "compiled")
        hall = Hall(work, options.classifier or "", options.backbone, options.side, options.device)
        pictures = find_pictures([options.images or hall.noise()])
        wanted = [one for one in hall.contenders(options.onnx) if any(part in one.name for part in options.only)]
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
        spec = find_original(options.classifier).manifest.spec if options.classifier else None
        options.out.mkdir(parents=True, exist_ok=True)
        file = options.out / f"{options.name}.json"
        report = run(wanted, inputs, plan, say, spec=spec, keep=lambda partial: write_report(partial, file))
    write_report(report, file)
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
    parser.add_argument(
        "--work", type=Path, help="folder for what is prepared and compiled; a temporary one if left out"
    )
    return parser


def _keep_compiled(cache: Path) -> None:
    """Have XLA and PyTorch's compiler keep what they made: several contenders are the same program."""
    os.environ["JAX_COMPILATION_CACHE_DIR"] = str(cache / "xla")
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(cache / "torch")


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
