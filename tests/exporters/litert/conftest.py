import pytest

from exporters.deploy import deploy
from exporters.litert.convert import to_litert
from exporters.litert.first import centred, paired
from exporters.litert.graph import Graph
from exporters.quantization.nearest import round_nearest
from exporters.quantization.observe import layer_outputs, quantized_layers
from models.resnet50 import inference_form
from models.runtimes import load_runtime


@pytest.fixture(scope="session")
def rule(tiny_original):
    return tiny_original.manifest.spec.preprocessing


@pytest.fixture(scope="session")
def network(tiny_original):
    return deploy([tiny_original])


@pytest.fixture(scope="session")
def rounded(network, rule):
    """The network with its kernels on their grids."""
    return round_nearest(network, rule)


@pytest.fixture(scope="session")
def expected(tiny_original, pictures):
    """The original's scores, by Keras."""
    return load_runtime(tiny_original)(pictures)


@pytest.fixture(scope="session")
def expected_rounded(rounded, pictures):
    """What the rounded weights make of the pictures, with activations in float32, by Keras."""
    return inference_form(rounded).predict_on_batch(pictures)


@pytest.fixture(scope="session")
def ranges(rounded, pictures):
    """Of the pictures themselves, by numpy."""
    layers = quantized_layers(rounded)
    values = layer_outputs(rounded, layers)(pictures)
    return {name: (min(0.0, float(v.min())), max(0.0, float(v.max()))) for name, v in zip(layers, values, strict=True)}


@pytest.fixture(scope="session")
def float_body(network, rule):
    return to_litert(network, centred(network, rule), None)


@pytest.fixture(scope="session")
def byte_body(rounded):
    return to_litert(rounded, paired(rounded), None)


def run(content, batch, tensor=None, xnnpack=True):
    """Run a .tflite file and return its scores, or the tensor of this name, of a copy of the file that ends there."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(
        model_content=content if tensor is None else up_to(content, tensor),
        num_threads=1,
        experimental_op_resolver_type=OpResolverType.AUTO
        if xnnpack
        else OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    (image,), (output,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(image["index"], batch.shape, strict=True)
    interpreter.allocate_tensors()
    interpreter.set_tensor(image["index"], batch)
    interpreter.invoke()
    return interpreter.get_tensor(output["index"])


def up_to(content, name):
    graph = Graph(content)
    names = [graph.name(operator.outputs[0]) for operator in graph.operators]
    graph.operators = graph.operators[: names.index(name) + 1]
    image = graph.subgraph.inputs[0]
    graph.declare([(graph.name(image), image)], [(name, graph.operators[-1].outputs[0])])
    return graph.content()


@pytest.fixture
def run_model():
    return run
