"""Multiply-accumulates of a contender for one picture: of the graph that it was exported to, or of the network.

macs_of(bundle, contender)                                      # what the file says, where it says it
network_macs(RESNET50, 224, 224, strides="trained")             # 3 855 925 248, of the backbone
"""

from math import prod
from pathlib import Path
from typing import Any

from benchmarks.latency.contender import Contender
from models.bundle import Bundle
from models.resnet50 import ARCHITECTURES, Architecture, Operations, Strides, run_body, zeros_around
from models.spec import ClassifierSpec

_Place = tuple[int, int, int]
"""Rows, columns and channels."""


def macs_of(bundle: Bundle | None, contender: Contender) -> int | None:
    """Return the multiply-accumulates of one picture; imports what reads the file, so it is not for a timed process.

    An ONNX, OpenVINO or LiteRT file is counted itself. Of other bundles it is the network's: as it was trained for the
    original, as the inference graph has it for an export. A peer without such a file runs the network as trained.
    Return None where neither is known.
    """
    folder = bundle.path if bundle is not None else Path(contender.folder or "")
    files = [bundle.model] if bundle is not None else sorted(folder.rglob("*"))
    for file in files:
        if file.suffix in _COUNTERS:
            return _COUNTERS[file.suffix](file)
    spec = bundle.manifest.spec if bundle is not None else _peer_spec(folder)
    if spec is None or spec.backbone not in ARCHITECTURES:
        return None
    if bundle is not None and bundle.manifest.format not in _NETWORKS:
        return None
    trained = bundle is None or bundle.manifest.format == "keras"
    rule = spec.preprocessing
    arch = ARCHITECTURES[spec.backbone]
    body = network_macs(arch, rule.height, rule.width, "trained" if trained else "moved")
    return body + 4 * arch.widths[-1] * len(spec.labels)


def network_macs(arch: Architecture, height: int, width: int, strides: Strides) -> int:
    """Return those of the 53 convolutions, for three colours in, the shortcuts added; the head is not counted."""
    total = 0

    def convolve(x: _Place, name: str, filters: int, kernel: int, stride: int) -> _Place:  # noqa: ARG001
        nonlocal total
        made = (*_strided(x, kernel, stride), filters)
        total += prod(made) * kernel**2 * x[2]
        return made

    def pool(x: _Place) -> _Place:
        rows, columns = ((side + sum(arch.pool_padding) - 3) // 2 + 1 for side in x[:2])
        return rows, columns, x[2]

    operations = Operations(
        convolve=convolve,
        relu=lambda x, _: x,
        add=lambda _, x, __: x,
        pool=pool,
        subsample=lambda x, _: (*_strided(x, 1, 2), x[2]),
        join=lambda x, other, _: (x[0], x[1], x[2] + other[2]),
    )
    run_body(arch, (height, width, 3), operations, strides)
    return total


def _strided(x: _Place, kernel: int, stride: int) -> tuple[int, int]:
    """Return rows and columns behind a convolution that is padded as the inference form pads it."""
    around = zeros_around(kernel, stride, x[0], x[1])
    rows, columns = ((side + sum(zeros) - kernel) // stride + 1 for side, zeros in zip(x[:2], around, strict=True))
    return rows, columns


def _peer_spec(folder: Path) -> ClassifierSpec | None:
    from benchmarks.peers import SPEC  # peers import what their reports are made of, and that imports this package

    file = folder / SPEC
    return ClassifierSpec.model_validate_json(file.read_text("utf-8")) if file.is_file() else None


def _onnx(file: Path) -> int | None:
    import onnx

    from models.onnx_macs import multiply_accumulates

    return multiply_accumulates(onnx.load(file, load_external_data=False))


def _openvino(file: Path) -> int | None:
    """Count the convolutions and matrix products of an OpenVINO IR."""
    import openvino

    network = openvino.Core().read_model(file)
    (source,) = network.inputs
    network.reshape([1, *list(source.get_partial_shape())[1:]])
    total = 0
    for op in network.get_ops():
        kind = op.get_type_name()
        if kind not in {"Convolution", "GroupConvolution", "MatMul"}:
            continue
        if op.output(0).get_partial_shape().is_dynamic or op.input(1).get_partial_shape().is_dynamic:
            return None
        made, weight = op.output(0).get_shape(), list(op.input(1).get_shape())
        if kind == "MatMul":
            total += prod(made) * weight[-1 if op.get_attributes()["transpose_b"] else -2]
        else:
            total += prod(made) * prod(weight[1 if kind == "Convolution" else 2 :])
    return total


def _litert(file: Path) -> int | None:
    """Count the convolutions and dense layers of a LiteRT model, as the interpreter lists them."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(str(file), experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    (source,) = interpreter.get_input_details()
    interpreter.resize_tensor_input(source["index"], [1, *source["shape"][1:]])
    interpreter.allocate_tensors()
    shapes = {detail["index"]: [int(side) for side in detail["shape"]] for detail in interpreter.get_tensor_details()}
    return sum(_litert_operator(operator, shapes) for operator in interpreter._get_ops_details())  # noqa: SLF001


def _litert_operator(operator: dict[str, Any], shapes: dict[int, list[int]]) -> int:
    if operator["op_name"] not in {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"}:
        return 0
    made, weight = shapes[int(operator["outputs"][0])], shapes[int(operator["inputs"][1])]
    each = weight[1:3] if operator["op_name"] == "DEPTHWISE_CONV_2D" else weight[1:]
    return prod(made) * prod(each)


_NETWORKS = {"keras", "saved_model", "stablehlo"}
"""Formats whose files are not counted."""
_COUNTERS = {".onnx": _onnx, ".xml": _openvino, ".tflite": _litert}
