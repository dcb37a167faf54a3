"""ONNX: float32, float16 for GPUs, and int8 (static QDQ) for CPUs."""

import json
from collections.abc import Mapping
from typing import Any

from exporters.deploy import read_blocks
from exporters.formats import ExportOptions, Job, Written
from exporters.onnx.convert import INPUT, to_onnx
from exporters.onnx.float16 import to_float16
from exporters.onnx.head import OUTPUT
from exporters.onnx.quantize import quantize
from exporters.onnx.resize import LOWEST_OPSET as RESIZE_OPSET
from exporters.onnx.resize import resize_inside
from exporters.quantization.neutral import round_first_to_half
from exporters.quantization.prepare import DEFAULT_CPU, weight_limit
from models.errors import UserError
from models.keras_backend import check_backend
from models.manifest import Tensor
from models.resnet50 import InferenceNetwork

RECIPES = ("fp32", "fp16", "int8")
CALIBRATED = frozenset({"int8"})
OPTIONS = frozenset(
    {"batch", "opset", "ir_version", "calibrate", "calibrator", "cpu", "rounding", "resize_in_graph", "float_layers"}
)
NEVER_FLOAT: frozenset[str] = frozenset()
DISTRIBUTION = "tf2onnx"

MODEL = "model.onnx"

OPSETS: Mapping[int, tuple[int, str]] = {
    13: (7, "1.6"), 14: (7, "1.8"), 15: (8, "1.10"), 16: (8, "1.11"), 17: (8, "1.12"), 18: (8, "1.14")
}  # fmt: skip
"""Opset to the IR version that came with it, and the first ONNX Runtime that reads both (its compatibility table)."""
DEFAULT_OPSET = 13
_KERNELS: Mapping[tuple[str, int], str] = {("int8", 13): "1.7", ("fp16", 18): "1.15"}
"""Where the first ONNX Runtime that reads a file is not yet one that runs it (measured, see docs/decisions.md)."""
_RESIZE = "1.15"
"""The first ONNX Runtime that resizes as Pillow does (1.15 was measured, see docs/decisions.md)."""
_IR_RUNTIMES: Mapping[int, str] = {7: "1.6", 8: "1.10", 9: "1.15", 10: "1.18"}


def check(options: ExportOptions) -> None:
    """Raise UserError for versions that are not supported or do not go together, and for Keras on another backend."""
    _versions(options)
    check_backend("an export to ONNX", "tensorflow")


def write(network: InferenceNetwork, job: Job) -> Written:
    """Write ``model.onnx``.

    The default opset 13 with IR version 7 is read by every ONNX Runtime since 1.6; nothing in the inference graph needs
    more. With ``resize_in_graph`` it is 18, and pictures may have any size.
    """
    import onnx

    resizes = job.options.resize_in_graph
    opset, ir_version, minimum = _versions(job.options)
    details: dict[str, int | float | str | bool | list[str]] = {"opset": opset, "ir_version": ir_version}
    even = network.height % 2 == 0 and network.width % 2 == 0
    if job.recipe == "int8" and even:
        network = read_blocks(network)
    if job.recipe == "fp16":
        network = round_first_to_half(network, job.spec.preprocessing)
    job.progress("converting the inference graph to ONNX")
    model = to_onnx(network, opset, ir_version, job.options.batch, pad_bytes=job.recipe == "int8")
    if job.recipe == "fp16":
        model = to_float16(model)
    if job.recipe == "int8":
        model = quantize(model, job.ranges, float_layers=job.float_nodes, weight_limit=weight_limit(job.options.cpu))
        details |= {"cpu": job.options.cpu or DEFAULT_CPU}
    if resizes:
        model = resize_inside(model, job.spec.preprocessing)
    _describe(model, job)
    onnx.save(model, job.folder / MODEL)
    size = job.options.batch
    height, width = (None, None) if resizes else (network.height, network.width)
    return Written(
        model=MODEL,
        inputs=(Tensor(name=INPUT, dtype="uint8", shape=(size, height, width, 3)),),
        outputs=(Tensor(name=OUTPUT, dtype="float32", shape=(size, len(network.labels))),),
        minimum_runtime={
            "onnxruntime": _newest(minimum, _KERNELS.get((job.recipe, opset)), _RESIZE if resizes else None)
        },
        details=details,
    )


def _versions(options: ExportOptions) -> tuple[int, int, str]:
    opset = options.opset or (RESIZE_OPSET if options.resize_in_graph else DEFAULT_OPSET)
    if opset not in OPSETS:
        raise UserError("--opset", f"not supported (got {opset})", f"Give one of {', '.join(map(str, OPSETS))}.")
    if options.resize_in_graph and opset < RESIZE_OPSET:
        problem = f"--resize-in-graph needs {RESIZE_OPSET}, the first whose Resize does not alias (got {opset})"
        raise UserError("--opset", problem, "Leave one of the two out.")
    lowest, runtime = OPSETS[opset]
    ir_version = options.ir_version or lowest
    if ir_version not in _IR_RUNTIMES or ir_version < lowest:
        fitting = [str(version) for version in _IR_RUNTIMES if version >= lowest]
        raise UserError(
            "--ir-version", f"does not go with opset {opset} (got {ir_version})", f"Give one of {', '.join(fitting)}."
        )
    return opset, ir_version, _newest(runtime, _IR_RUNTIMES[ir_version])


def _newest(*versions: str | None) -> str:
    return max(filter(None, versions), key=lambda text: [*map(int, text.split("."))])


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
