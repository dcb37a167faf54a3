"""A graph as a runtime runs it, of whatever format: which operators, and where float lies between quantized ones.

    nodes = (Node("QLinearConv", "quantized", ("x",), ("a",)), Node("Softplus", "float", ("a",), ("b",)), ...)
    float_islands(nodes)      # (("Softplus",),)

models.onnx_islands tells what ONNX Runtime *will* leave in float from a file that is not optimized yet; this is what it
did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["quantized", "float", "other"]


@dataclass(frozen=True)
class Node:
    """One node of a graph.

    ``kind``: "quantized" for arithmetic on integers and for what makes integers of floats, "float" for what gives
    floats, "other" for what moves bytes and for what makes floats of integers.
    """

    operator: str
    kind: Kind
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def float_islands(nodes: Sequence[Node]) -> tuple[tuple[str, ...], ...]:
    """Return the operators of each group of float nodes that touch, with quantized ones before and behind it.

    ``nodes``: in an order in which they can run, without those that compute constants.
    """
    before = _reached(nodes)
    backwards = [Node(node.operator, node.kind, node.outputs, node.inputs) for node in reversed(nodes)]
    behind = _reached(backwards)
    return tuple(
        tuple(node.operator for node in group)
        for group in _groups([node for node in nodes if node.kind == "float"])
        if any(name in before for node in group for name in node.inputs)
        and any(name in behind for node in group for name in node.outputs)
    )


def _reached(nodes: Sequence[Node]) -> set[str]:
    """Return the tensors that depend on a quantized node."""
    reached: set[str] = set()
    for node in nodes:
        if node.kind == "quantized" or not reached.isdisjoint(node.inputs):
            reached.update(node.outputs)
    return reached


def _groups(nodes: Sequence[Node]) -> list[list[Node]]:
    """Return the nodes by what hangs together through their tensors, in their order."""
    leader: dict[str, str] = {}

    def find(name: str) -> str:
        while leader.setdefault(name, name) != name:
            name = leader[name]
        return name

    made = {name for node in nodes for name in node.outputs}
    for node in nodes:
        for name in (*node.inputs, *node.outputs):
            if name in made:
                leader[find(name)] = find(node.outputs[0])
    groups: dict[str, list[Node]] = {}
    for node in nodes:
        groups.setdefault(find(node.outputs[0]), []).append(node)
    return list(groups.values())
