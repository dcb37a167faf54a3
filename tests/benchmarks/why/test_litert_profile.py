"""Lists of operators as the interpreter gives them, written by hand."""

import numpy as np

from benchmarks.why.graph import float_islands
from benchmarks.why.profiles.litert import left_out, operator_nodes


def operator(name, inputs, output, kind=np.int8):
    return {"op_name": name, "inputs": np.array(inputs), "outputs": np.array([output]), "result_types": [kind]}


OPERATORS = [
    operator("DEQUANTIZE", [90], 91, np.float32),  # of a constant
    operator("QUANTIZE", [0], 1),
    operator("PADV2", [1, 92], 2),
    operator("CONV_2D", [2, 93, -1], 3),
    operator("DEQUANTIZE", [3], 4, np.float32),
    operator("EXP", [4], 5, np.float32),
    operator("QUANTIZE", [5], 6),
    operator("CONV_2D", [6, 93, -1], 7),
    operator("DEQUANTIZE", [7], 8, np.float32),
    operator("FULLY_CONNECTED", [8, 91], 9, np.float32),
]


def test_operators_on_constants_are_left_out():
    nodes = operator_nodes(OPERATORS, given=[0])
    assert [node.operator for node in nodes] == [one["op_name"] for one in OPERATORS[1:]]
    assert nodes[-1].inputs == ("8",)


def test_kinds_and_islands():
    nodes = operator_nodes(OPERATORS, given=[0])
    assert [node.kind for node in nodes] == [
        *("quantized", "other", "quantized", "other", "float"),
        *("quantized", "quantized", "other", "float"),
    ]
    assert float_islands(nodes) == (("EXP",),)


def test_what_no_delegate_took():
    delegates = [operator("DELEGATE", [0], 1), operator("DELEGATE", [2, 90, 93], 9)]
    assert left_out([*OPERATORS, *delegates]) == ("PADV2",)
    assert left_out(OPERATORS[1:3]) == ("QUANTIZE", "PADV2")
