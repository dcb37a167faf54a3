"""Latency of our LiteRT files against plain ones, in one interpreter with XNNPACK, interleaved in one run.

    python -m benchmarks.figures.litert_latency --out docs/figures

Compares the full ResNet50 (random weights, which cost the same) exported by rct against TensorFlow's converter on the
Keras model and litert-quantizer's own static recipe. The plain files take float32, or int8 of a scale of their own:
normalising and quantizing pictures for them is left to the caller, and not counted.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.figures.commands import export
from benchmarks.figures.contest import Run
from benchmarks.figures.latency import latency_parser, measure
from benchmarks.figures.untrained import normalised_noise, write_noise, write_untrained
from benchmarks.peers import plain_litert

CONTESTS = (
    ("resnet50 fp32 rct", "resnet50 fp32 converter"),
    ("resnet50 int8 rct", "resnet50 int8 converter + litert-quantizer"),
    ("resnet50 int8 rct", "resnet50 fp32 rct"),
    ("resnet50 int8-dynamic rct", "resnet50 fp32 rct"),
)
PACKAGES = ("ai-edge-litert", "litert-quantizer")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a line for each contest, and write the samples."""
    options = latency_parser(__doc__).parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        measure("litert_latency", _files(Path(scratch)), _interpreter, CONTESTS, options, PACKAGES)


def _files(scratch: Path) -> dict[str, Path]:
    original, model = write_untrained(scratch)
    noise = str(write_noise(scratch / "pictures"))
    common = ("--images", noise)
    files = {
        f"resnet50 {recipe} rct": export(str(original), "tflite", recipe, scratch, *given)[0] / "model.tflite"
        for recipe, given in (("fp32", common), ("int8-dynamic", common), ("int8", (*common, "--calibrate", noise)))
    }
    plain, quantized = scratch / "plain.tflite", scratch / "plain.int8.tflite"
    plain_litert.export(model, plain)
    plain_litert.quantize(plain, quantized, normalised_noise(original))
    return {
        **files,
        "resnet50 fp32 converter": plain,
        "resnet50 int8 converter + litert-quantizer": quantized,
    }


def _interpreter(file: Path, threads: int) -> Run:
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
