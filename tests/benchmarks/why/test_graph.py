"""Float islands of graphs drawn by hand."""

from benchmarks.why.graph import Node, float_islands


def chain(*operators):
    """x0 -> operators[0] -> x1 -> ...; each is (operator, kind)."""
    return [
        Node(operator, kind, (f"x{index}",), (f"x{index + 1}",)) for index, (operator, kind) in enumerate(operators)
    ]


CONVOLUTION = ("QLinearConv", "quantized")
DEQUANTIZE = ("DequantizeLinear", "other")
QUANTIZE = ("QuantizeLinear", "quantized")


def test_float_between_quantized_operators_is_an_island():
    nodes = chain(CONVOLUTION, DEQUANTIZE, ("Softplus", "float"), ("Relu", "float"), QUANTIZE, CONVOLUTION)
    assert float_islands(nodes) == (("Softplus", "Relu"),)


def test_float_at_the_start_and_at_the_end_is_none():
    nodes = chain(("Cast", "float"), QUANTIZE, CONVOLUTION, DEQUANTIZE, ("Sigmoid", "float"))
    assert float_islands(nodes) == ()


def test_a_float_graph_has_none():
    assert float_islands(chain(("Conv", "float"), ("Relu", "float"))) == ()


def test_two_islands_are_two_and_branches_of_one_are_one():
    nodes = [
        Node(*CONVOLUTION, ("x",), ("a",)),
        Node("Exp", "float", ("a",), ("left",)),
        Node("Log", "float", ("a",), ("right",)),
        Node("Add", "float", ("left", "right"), ("sum",)),
        Node(*QUANTIZE, ("sum",), ("b",)),
        Node("Softplus", "float", ("b",), ("c",)),
        Node(*QUANTIZE, ("c",), ("d",)),
    ]
    assert float_islands(nodes) == (("Exp", "Log", "Add"), ("Softplus",))


def test_nodes_that_read_one_quantized_tensor_do_not_touch():
    nodes = [
        Node(*CONVOLUTION, ("x",), ("a",)),
        Node("Exp", "float", ("a",), ("left",)),
        Node("Log", "float", ("a",), ("right",)),
        Node(*QUANTIZE, ("left",), ("b",)),
        Node(*QUANTIZE, ("right",), ("c",)),
    ]
    assert float_islands(nodes) == (("Exp",), ("Log",))
