from collections import Counter

import numpy as np
import onnx
import pytest

from exporters.deploy import deploy
from exporters.onnx.convert import to_onnx
from exporters.onnx.head import is_head
from models.resnet50 import inference_form
from models.runtimes import load_runtime


@pytest.mark.parametrize("model", ["float_model", "blocks_model"])
def test_it_computes_what_the_original_computes(model, pictures, expected, run_model, request):
    scores = run_model(request.getfixturevalue(model), pictures)[0]
    np.testing.assert_allclose(scores, expected, atol=2e-6)


def test_nothing_is_left_that_a_runtime_would_have_to_work_around(float_model):
    counts = Counter(node.op_type for node in float_model.graph.node)
    assert counts["Conv"] == len([n for n in float_model.graph.initializer if n.name.endswith("conv.kernel")])
    assert (counts["Transpose"], counts["Cast"], counts["Pad"], counts["BatchNormalization"]) == (1, 1, 1, 0)
    assert [node.op_type for node in float_model.graph.node][:4] == ["Transpose", "Cast", "Pad", "Conv"]


def padded_kinds(model):
    """Return the element types that the Pads of ``model`` read."""
    kinds = {
        value.name: value.type.tensor_type.elem_type
        for value in onnx.shape_inference.infer_shapes(model).graph.value_info
    }
    return [kinds[node.input[0]] for node in model.graph.node if node.op_type == "Pad"]


def test_nothing_is_padded_in_bytes_which_cuda_cannot(float_model, blocks_model):
    assert padded_kinds(float_model) == [onnx.TensorProto.FLOAT]
    assert padded_kinds(blocks_model) == [onnx.TensorProto.UINT8], "asked for: the convolution behind it reads bytes"


def test_both_orders_of_pad_and_cast_give_the_same_scores(network, float_model, pictures, run_model):
    bytes_first = to_onnx(network, opset=13, ir_version=7, batch=None, pad_bytes=True)
    assert [node.op_type for node in bytes_first.graph.node][:4] == ["Transpose", "Pad", "Cast", "Conv"]
    np.testing.assert_array_equal(run_model(float_model, pictures)[0], run_model(bytes_first, pictures)[0])


def test_every_opset_gets_the_same_nodes(network, float_model):
    """The converter averages features in another way from 18 on."""
    newest = to_onnx(network, opset=18, ir_version=8, batch=None)
    assert [(node.op_type, node.name) for node in newest.graph.node] == [
        (node.op_type, node.name) for node in float_model.graph.node
    ]


def test_blocks_are_gathered_as_floats(blocks_model):
    """ONNX Runtime has no SpaceToDepth for bytes before 1.28."""
    kinds = [node.op_type for node in blocks_model.graph.node][:5]
    assert kinds == ["Transpose", "Pad", "Cast", "SpaceToDepth", "Conv"]


def test_nodes_and_weights_carry_the_names_of_the_keras_layers(network, float_model):
    layers = {layer.name for layer in inference_form(network).layers}
    ours = {"planes", "real_planes", "pixels"}
    names = [node.name for node in float_model.graph.node]
    assert len(names) == len(set(names))
    assert {name.split("/")[0] for name in names} - ours <= layers
    assert all(node.output[0] == node.name for node in float_model.graph.node)
    kernels = {tensor.name for tensor in float_model.graph.initializer if tensor.name.endswith("conv.kernel")}
    assert kernels == {f"{name}_conv.kernel" for name in network.architecture.convolutions()}


def test_every_layer_computes_what_keras_computes(network, float_model, pictures, run_model):
    """Layer by layer, since a sum may hide two errors."""
    import keras

    graph = inference_form(network)
    names = [f"{name}_conv" for name in network.architecture.convolutions() if name != "conv1"]
    keras_outputs = keras.Model(graph.input, [graph.get_layer(name).output for name in names]).predict_on_batch(
        pictures
    )
    model = onnx.ModelProto()
    model.CopyFrom(float_model)
    model.graph.output.extend(onnx.helper.make_tensor_value_info(name, 1, None) for name in names)
    for name, theirs, ours in zip(names, keras_outputs, run_model(model, pictures, names), strict=True):
        largest = np.abs(theirs).max()
        np.testing.assert_allclose(ours.transpose(0, 2, 3, 1), theirs, atol=2e-5 * largest, err_msg=name)


@pytest.mark.parametrize("opset", [13, 18])
@pytest.mark.parametrize("batch", [None, 1])
def test_opset_ir_version_and_batch_are_as_asked(network, pictures, expected, run_model, opset, batch):
    model = to_onnx(network, opset=opset, ir_version=8, batch=batch)
    assert [(entry.domain, entry.version) for entry in model.opset_import] == [("", opset)]
    assert model.ir_version == 8
    shape = model.graph.input[0].type.tensor_type.shape.dim
    assert shape[0].dim_value == (batch or 0)
    assert shape[0].dim_param == ("" if batch else "batch")
    np.testing.assert_allclose(run_model(model, pictures[:1])[0], expected[:1], atol=2e-6)


def test_what_belongs_to_the_head():
    assert [is_head(name) for name in ("avg_pool/GlobalAveragePool", "head0_dense0/MatMul", "scores", "logits")] == [
        True
    ] * 4
    assert not any(is_head(name) for name in ("conv5_block3_out", "pool1_pool", "conv1_conv"))


def test_a_tapped_head_beside_a_plain_one(tiny_original, tapped_original, pictures, run_model):
    network = deploy([tiny_original, tapped_original])
    expected = np.concatenate([load_runtime(one)(pictures) for one in (tiny_original, tapped_original)], axis=1)
    for opset in (13, 18):
        model = to_onnx(network, opset=opset, ir_version=8, batch=None)
        np.testing.assert_allclose(run_model(model, pictures)[0], expected, atol=5e-6)
    assert {node.op_type for node in model.graph.node if node.name.startswith("tap_")} == {
        "Abs", "Add", "GlobalAveragePool", "Mul", "Slice", "Sqrt", "Sub",
    }  # fmt: skip
