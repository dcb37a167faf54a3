"""OpenVINO: what the intermediate representation holds, and what the runtime makes of it."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from written import write_bundle

from exporters.deploy import read_blocks
from exporters.formats import ExportOptions, check_request
from exporters.openvino.graph import float_graph, int8_graph
from exporters.quantization.prepare import weight_limit
from models.errors import UnavailableError
from models.resnet50 import inference_form

openvino = pytest.importorskip("openvino", reason="pip install 'rct[openvino]'")


@pytest.fixture(scope="module")
def int8_bundle(tiny_original, prepared, tmp_path_factory):
    return write_bundle(tiny_original, "openvino", "int8", tmp_path_factory.mktemp("bundles") / "int8", prepared)


def compiled(model):
    return openvino.Core().compile_model(model, "CPU", {"EXECUTION_MODE_HINT": "ACCURACY"})


def executed(model):
    """Return type and precision of everything that the CPU plugin runs, in order."""
    rows = []
    for node in compiled(model).get_runtime_model().get_ordered_ops():
        info = node.get_rt_info()
        rows.append(tuple(str(info[key].astype(str)) for key in ("layerType", "primitiveType", "runtimePrecision")))
    return rows


def test_every_convolution_and_pooling_runs_in_integers(int8_bundle):
    rows = executed(str(int8_bundle.model))
    convolutions = [row for row in rows if row[0] == "Convolution"]
    assert len(convolutions) == 1 + 3 * 7  # shortcuts are joined
    assert {precision for _, _, precision in convolutions} <= {"u8", "i8"}
    assert {precision for kind, _, precision in rows if kind == "Pooling"} == {"u8"}
    assert not [row for row in rows if row[0] in {"FakeQuantize", "Eltwise", "Subgraph"}]
    floats = {kind for kind, _, precision in rows if precision == "f32"} - {"Const", "Reshape", "Reorder", "Output"}
    assert floats <= {"FullyConnected", "MatMul"}, "only the head"


def test_the_weights_are_the_rounded_ones_to_the_last_level(int8_bundle, prepared):
    kernels = {}
    for node in openvino.Core().read_model(int8_bundle.model).get_ordered_ops():
        if node.get_type_name() == "Convolution":
            scaled = node.input_value(1).get_node()
            levels, scale = (scaled.input_value(index).get_node() for index in (0, 1))
            assert levels.input_value(0).get_node().get_element_type() == openvino.Type.i8
            (reader,) = node.output(0).get_target_inputs()
            kernel = levels.input_value(0).get_node().data.astype(np.float64) * scale.data
            kernels[reader.get_node().get_friendly_name().removesuffix("_conv")] = kernel
    assert set(kernels) == set(prepared.network.convolutions)
    for name, kernel in kernels.items():
        ours = prepared.network.convolutions[name].kernel
        np.testing.assert_allclose(kernel.transpose(2, 3, 1, 0), ours, rtol=1e-6, atol=1e-9, err_msg=name)


def test_a_processor_without_dot_products_gets_weights_of_seven_bits(network, prepared):
    model = int8_graph(prepared.network, prepared.ranges, 63, None)
    levels = [
        node.data for node in model.get_ordered_ops()
        if node.get_type_name() == "Constant" and node.get_element_type() == openvino.Type.i8
    ]  # fmt: skip
    assert len(levels) == len(prepared.network.convolutions)
    assert max(np.abs(values.astype(int)).max() for values in levels) == 63


def test_equal_constants_are_written_once_and_change_no_score(int8_bundle, prepared):
    written = openvino.Core().read_model(int8_bundle.model)
    constants = [node for node in written.get_ordered_ops() if node.get_type_name() == "Constant"]
    contents = {(str(node.get_element_type()), *node.data.shape, node.data.tobytes()) for node in constants}
    assert len(contents) == len(constants)
    plain = int8_graph(prepared.network, prepared.ranges, weight_limit(None), None)
    assert sum(node.get_type_name() == "Constant" for node in plain.get_ordered_ops()) > 1.1 * len(constants)
    network = prepared.network
    pixels = np.random.default_rng(9).integers(0, 256, (2, network.height, network.width, 3)).astype(np.uint8)
    theirs = compiled(plain)([pixels])[0]
    np.testing.assert_array_equal(compiled(written)([pixels])[0], theirs)


@pytest.mark.parametrize("sides", [(64, 64), (65, 63), (33, 50)])
def test_padding_is_that_of_the_inference_form_for_odd_sides_too(network, tiny_original, sides):
    height, width = sides
    sized = replace(network, height=height, width=width)
    pixels = np.random.default_rng(3).integers(0, 256, (2, height, width, 3)).astype(np.uint8)
    theirs = inference_form(sized).predict_on_batch(pixels)
    rule = tiny_original.manifest.spec.preprocessing
    np.testing.assert_allclose(compiled(float_graph(sized, rule, None))(pixels)[0], theirs, atol=2e-6)


def test_a_network_that_reads_blocks_is_not_what_it_is_made_from(network, prepared):
    with pytest.raises(ValueError, match="the first convolution must read pixels, not blocks"):
        int8_graph(read_blocks(network), prepared.ranges, 127, None)


def test_fp16_halves_the_kernels_and_leaves_biases_as_they_are(tiny_original, network, tmp_path):
    whole, half = (write_bundle(tiny_original, "openvino", recipe, tmp_path / recipe) for recipe in ("fp32", "fp16"))
    kernels = sum(affine.kernel.size for affine in network.convolutions.values())
    sizes = [bundle.manifest.files["model.bin"].bytes for bundle in (whole, half)]
    assert sizes[0] - sizes[1] == pytest.approx(2 * kernels, rel=0.05)
    nodes = openvino.Core().read_model(half.model).get_ordered_ops()
    constants = [node for node in nodes if node.get_type_name() == "Constant"]
    floats = {node.get_element_type(): 0 for node in constants}
    for node in constants:
        floats[node.get_element_type()] += 1
    assert floats[openvino.Type.f16] == len(network.convolutions)
    assert floats[openvino.Type.f32] >= len(network.convolutions), "a bias each"


def test_the_file_says_what_it_is(int8_bundle, tiny_original):
    model = openvino.Core().read_model(int8_bundle.model)
    assert model.get_rt_info(["rct", "labels"]).astype(str) == '["red", "green"]'
    assert model.get_rt_info(["rct", "recipe"]).astype(str) == "int8"
    assert model.get_rt_info(["rct", "parent", "sha256"]).astype(str) == tiny_original.manifest.sha256


def test_without_openvino_the_export_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(UnavailableError) as error:
        check_request("openvino", "fp32", ExportOptions())
    assert str(error.value) == "openvino: not installed. pip install 'rct[openvino]'."
