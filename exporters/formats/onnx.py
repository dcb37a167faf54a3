"""ONNX: float32, float16 for GPUs, and int8 (static QDQ) for CPUs."""

import json
from collections.abc import Mapping
from typing import Any

from exporters.deploy import read_blocks
from exporters.formats import ExportOptions, Job, Written
from exporters.onnx.convert import INPUT, OUTPUT, to_onnx
from exporters.onnx.float16 import to_float16
from exporters.onnx.quantize import quantize
from exporters.quantization.neutral import round_first_to_half
from exporters.quantization.prepare import DEFAULT_CPU, weight_limit
from models.errors import UserError
from models.manifest import Tensor
from models.resnet50 import InferenceNetwork

RECIPES = ("fp32", "fp16", "int8")
CALIBRATED = frozenset({"int8"})
OPTIONS = frozenset({"batch", "opset", "ir_version", "calibrate", "calibrator", "cpu", "rounding"})
DISTRIBUTION = "tf2onnx"

MODEL = "model.onnx"

OPSETS: Mapping[int, tuple[int, str]] = {
    13: (7, "1.6"), 14: (7, "1.8"), 15: (8, "1.10"), 16: (8, "1.11"), 17: (8, "1.12"), 18: (8, "1.14")
}  # fmt: skip
"""Opset to the IR version that came with it, and the first ONNX Runtime that reads both (its compatibility table)."""
DEFAULT_OPSET = 13
_KERNELS: Mapping[tuple[str, int], str] = {("int8", 13): "1.7", ("fp16", 18): "1.15"}
"""Where the first ONNX Runtime that reads a file is not yet one that runs it (measured, see docs/decisions.md)."""
_IR_RUNTIMES: Mapping[int, str] = {7: "1.6", 8: "1.10", 9: "1.15", 10: "1.18"}


def check(options: ExportOptions) -> None:
    """Raise UserError for an opset or IR version that is not supported, or that do not go together."""
    _versions(options.opset, options.ir_version)


def write(network: InferenceNetwork, job: Job) -> Written:
    """Write ``model.onnx``.

    The default opset 13 with IR version 7 is read by every ONNX Runtime since 1.6; nothing in the graph needs more.
    """
    import onnx

    opset, ir_version, minimum = _versions(job.options.opset, job.options.ir_version)
    details: dict[str, int | float | str | bool | list[str]] = {"opset": opset, "ir_version": ir_version}
    even = network.height % 2 == 0 and network.width % 2 == 0
    if job.recipe == "int8" and even:
        network = read_blocks(network)
    if job.recipe == "fp16":
        network = round_first_to_half(network, job.spec.preprocessing)
    job.progress("converting the inference graph to ONNX")
    model = to_onnx(network, opset, ir_version, job.options.batch)
    if job.recipe == "fp16":
        model = to_float16(model)
    if job.recipe == "int8":
        model = quantize(model, job.ranges, weight_limit=weight_limit(job.options.cpu))
        details |= {"cpu": job.options.cpu or DEFAULT_CPU}
    _describe(model, job)
    onnx.save(model, job.folder / MODEL)
    size = job.options.batch
    return Written(
        model=MODEL,
        inputs=(Tensor(name=INPUT, dtype="uint8", shape=(size, network.height, network.width, 3)),),
        outputs=(Tensor(name=OUTPUT, dtype="float32", shape=(size, len(network.labels))),),
        minimum_runtime={"onnxruntime": _newer(minimum, _KERNELS.get((job.recipe, opset), minimum))},
        details=details,
    )


def _versions(opset: int | None, ir_version: int | None) -> tuple[int, int, str]:
    opset = opset or DEFAULT_OPSET
    if opset not in OPSETS:
        raise UserError("--opset", f"not supported (got {opset})", f"Give one of {', '.join(map(str, OPSETS))}.")
    lowest, runtime = OPSETS[opset]
    ir_version = ir_version or lowest
    if ir_version not in _IR_RUNTIMES or ir_version < lowest:
        fitting = [str(version) for version in _IR_RUNTIMES if version >= lowest]
        raise UserError(
            "--ir-version", f"does not go with opset {opset} (got {ir_version})", f"Give one of {', '.join(fitting)}."
        )
    return opset, ir_version, _newer(runtime, _IR_RUNTIMES[ir_version])


def _newer(one: str, other: str) -> str:
    return max(one, other, key=lambda text: [*map(int, text.split("."))])


def _describe(model: Any, job: Job) -> None:
    """Put what a program needs to know to use the file on its own into its ``metadata_props``."""
    from onnx import helper

    spec = job.spec
    described = {
        "rct.name": spec.name,
        "rct.recipe": job.recipe,
        "rct.labels": json.dumps(spec.labels),
        "rct.preprocessing": spec.preprocessing.model_dump_json(),
        "rct.thresholds": json.dumps({label: rule.model_dump() for label, rule in spec.thresholds.items()}),
        "rct.licence": spec.licence,
        "rct.parent.sha256": job.parent.sha256,
    }
    helper.set_model_props(model, described)
