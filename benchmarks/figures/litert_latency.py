"""Latency of our LiteRT files against plain ones, in one interpreter with XNNPACK, interleaved in one run.

    python -m benchmarks.figures.litert_latency --out docs/figures/litert_latency_1.json

Compares the full ResNet50 (random weights, which cost the same) exported by rct against TensorFlow's converter on the
Keras model and litert-quantizer's own static recipe. The plain files take float32, or int8 of a scale of their own:
normalising and quantizing pictures for them is left to the caller, and not counted.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.figures.commands import export
from benchmarks.figures.contest import contest
from benchmarks.figures.machine import describe_machine
from benchmarks.figures.untrained import write_noise, write_untrained
from benchmarks.peers import plain_litert

CONTESTS = (
    ("resnet50 fp32 rct", "resnet50 fp32 converter"),
    ("resnet50 int8 rct", "resnet50 int8 converter + litert-quantizer"),
    ("resnet50 int8 rct", "resnet50 fp32 rct"),
    ("resnet50 int8-dynamic rct", "resnet50 fp32 rct"),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a line for each contest, and write the samples."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        files = _files(Path(scratch))
        runs = {name: _interpreter(file, options.threads) for name, file in files.items()}
        results = [contest(ours, theirs, runs, options.rounds) for ours, theirs in CONTESTS]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    document = {"machine": describe_machine(), "threads": options.threads, "comparisons": results}
    options.out.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def _files(scratch: Path) -> dict[str, Path]:
    original, model = write_untrained(scratch)
    noise = str(write_noise(scratch / "pictures"))
    common = ("--format", "tflite", "--images", noise)
    calibrated = (*common, "--calibrate", noise, "--rounding", "nearest")
    files = {
        f"resnet50 {recipe} rct": export(str(original), recipe, scratch, *options)[0] / "model.tflite"
        for recipe, options in (("fp32", common), ("int8-dynamic", common), ("int8", calibrated))
    }
    plain, quantized = scratch / "plain.tflite", scratch / "plain.int8.tflite"
    plain_litert.export(model, plain)
    chance = np.random.default_rng(0)
    batches = [chance.normal(0, 60, (1, 224, 224, 3)).astype(np.float32) for _ in range(8)]
    plain_litert.quantize(plain, quantized, batches)
    return {
        **files,
        "resnet50 fp32 converter": plain,
        "resnet50 int8 converter + litert-quantizer": quantized,
    }


def _interpreter(file: Path, threads: int) -> Callable[[], object]:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(file), num_threads=threads)
    interpreter.allocate_tensors()
    (image,), (scores,) = interpreter.get_input_details(), interpreter.get_output_details()
    kind = np.iinfo(image["dtype"]) if np.issubdtype(image["dtype"], np.integer) else np.iinfo(np.uint8)
    batch = np.random.default_rng(0).integers(kind.min, kind.max + 1, (1, 224, 224, 3)).astype(image["dtype"])

    def run() -> object:
        interpreter.set_tensor(image["index"], batch)
        interpreter.invoke()
        return interpreter.get_tensor(scores["index"])

    return run


if __name__ == "__main__":
    main()
