"""LiteRT: which operators a model has and which of them XNNPACK runs. Its Python package shows no times by operator."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.why.document import Why
from benchmarks.why.graph import Kind, Node, float_islands

SUFFIXES = (".tflite",)
PACKAGE = "ai_edge_litert"

_DELEGATE = "DELEGATE"
_MOVERS = {"CONCATENATION", "PAD", "PADV2", "RESHAPE", "SLICE", "SPLIT", "STRIDED_SLICE", "TRANSPOSE"}

Operator = Mapping[str, Any]
"""One of the interpreter's operators: op_name, inputs, outputs (indices of tensors), result_types."""


def profile(model: Path, batch: NDArray[np.uint8], contender: Contender) -> Why:  # noqa: ARG001
    """Look at the operators of the model as the interpreter has them; nothing is run."""
    import ai_edge_litert
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(model), num_threads=contender.threads)
    interpreter.allocate_tensors()
    operators: Sequence[Operator] = interpreter._get_ops_details()  # noqa: SLF001  nothing public lists them
    given = [detail["index"] for detail in interpreter.get_input_details()]
    nodes = operator_nodes(operators, given)
    return Why(
        profiler=f"LiteRT {ai_edge_litert.__version__}",
        float_islands=len(float_islands(nodes)),
        transposes=sum(node.operator == "TRANSPOSE" for node in nodes),
        notes=(
            "LiteRT's Python package shows no times by operator.",
            *_delegate_notes(operators),
            *_operator_notes(nodes),
        ),
    )


def operator_nodes(operators: Iterable[Operator], given: Iterable[int]) -> tuple[Node, ...]:
    """Return the operators of the file as nodes, less those that compute constants; ``given``: the inputs' tensors."""
    varying = set(map(int, given))
    nodes = []
    for operator in operators:
        if operator["op_name"] == _DELEGATE or varying.isdisjoint(_indices(operator, "inputs")):
            continue
        outputs = _indices(operator, "outputs")
        varying.update(outputs)
        inputs = tuple(str(index) for index in _indices(operator, "inputs") if index in varying)
        nodes.append(Node(operator["op_name"], _kind(operator), inputs, tuple(map(str, outputs))))
    return tuple(nodes)


def left_out(operators: Sequence[Operator]) -> tuple[str, ...]:
    """Return the names of the operators that no delegate runs: those that lie in none of the parts that it took."""
    own = [operator for operator in operators if operator["op_name"] != _DELEGATE]
    makers = {index: place for place, operator in enumerate(own) for index in _indices(operator, "outputs")}
    taken: set[int] = set()
    for delegate in (operator for operator in operators if operator["op_name"] == _DELEGATE):
        outside = set(_indices(delegate, "inputs"))
        waiting = list(_indices(delegate, "outputs"))
        while waiting:
            index = waiting.pop()
            if index in makers and index not in outside and makers[index] not in taken:
                taken.add(makers[index])
                waiting.extend(_indices(own[makers[index]], "inputs"))
    return tuple(operator["op_name"] for place, operator in enumerate(own) if place not in taken)


def _indices(operator: Operator, role: str) -> tuple[int, ...]:
    return tuple(int(index) for index in operator[role] if index >= 0)


def _kind(operator: Operator) -> Kind:
    name = operator["op_name"]
    if np.issubdtype(operator["result_types"][0], np.floating):
        return "other" if name == "DEQUANTIZE" else "float"
    return "other" if name in _MOVERS else "quantized"


def _delegate_notes(operators: Sequence[Operator]) -> tuple[str, ...]:
    parts = sum(operator["op_name"] == _DELEGATE for operator in operators)
    if not parts:
        return ("XNNPACK runs none of the operators.",)
    total = len(operators) - parts
    left = left_out(operators)
    joined = "in one piece" if parts == 1 else f"in {parts} pieces"
    notes = [f"XNNPACK runs {total - len(left)} of {total} operators, {joined}."]
    if left:
        names = ", ".join(f"{count} {name}" for name, count in sorted(Counter(left).items()))
        notes.append(f"LiteRT's own kernels run the rest: {names}.")
    return tuple(notes)


def _operator_notes(nodes: Sequence[Node]) -> tuple[str, ...]:
    kinds = Counter(node.kind for node in nodes)
    return (f"{kinds['quantized']} operators compute integers and {kinds['float']} compute floats.",)
