"""Latency of our OpenVINO models against the usual way, in one OpenVINO, interleaved in one run.

    RCT_NNCF_PYTHON=elsewhere/bin/python python -m benchmarks.figures.openvino_latency --out docs/figures

Compares the full ResNet50 (random weights, which cost the same) exported by rct against a plain tf2onnx export of the
Keras model read by OpenVINO, as it is and after NNCF's post-training quantization with its defaults. NNCF is looked for
in this interpreter, then in the one that ``RCT_NNCF_PYTHON`` names. The plain models take float32: normalising pictures
for them is left to the caller, and not counted. All are compiled alike: batch 1, one stream, the latency hint, and the
precision of the model itself, as ``models.runtimes.openvino`` asks for.
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
from benchmarks.peers._nncf import interpreter, quantize

CONTESTS = (
    ("resnet50 fp32 rct", "resnet50 fp32 tf2onnx"),
    ("resnet50 int8 rct", "resnet50 int8 tf2onnx + NNCF"),
    ("resnet50 int8 rct", "resnet50 fp32 rct"),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a line for each contest, and write the samples."""
    options = latency_parser(__doc__).parse_args(arguments)
    interpreter()  # before minutes are spent
    with tempfile.TemporaryDirectory() as scratch:
        files, version = _files(Path(scratch))
        measure("openvino_latency", files, _compiled, CONTESTS, options, ("openvino",), {"nncf": version})


def _files(scratch: Path) -> tuple[dict[str, Path], str]:
    """Return the models by name, and the version of NNCF."""
    original, model = write_untrained(scratch)
    noise = str(write_noise(scratch / "pictures"))
    files = {
        f"resnet50 {recipe} rct": export(str(original), "openvino", recipe, scratch, "--images", noise, *given)[0]
        / "model.xml"
        for recipe, given in (("fp32", ()), ("int8", ("--calibrate", noise)))
    }
    plain, quantized = scratch / "plain.onnx", scratch / "plain.int8.xml"
    plain_onnx.export(model, plain)
    version = quantize(plain, quantized, normalised_noise(original))
    return {**files, "resnet50 fp32 tf2onnx": plain, "resnet50 int8 tf2onnx + NNCF": quantized}, version


def _compiled(file: Path, threads: int) -> Run:
    import openvino

    core = openvino.Core()
    model = core.read_model(file)
    model.reshape([1, 224, 224, 3])
    settings = {
        "PERFORMANCE_HINT": "LATENCY",
        "EXECUTION_MODE_HINT": "ACCURACY",
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
    }
    request = core.compile_model(model, "CPU", settings).create_infer_request()
    kind = model.inputs[0].element_type.to_dtype()
    batch = np.random.default_rng(0).integers(0, 256, (1, 224, 224, 3)).astype(kind)
    return lambda: request.infer([batch])


if __name__ == "__main__":
    main()
