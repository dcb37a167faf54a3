from collections import Counter

import numpy as np
import onnx

from exporters.onnx.float16 import to_float16


def test_scores_stay_close(float_model, pictures, expected, run_model):
    scores = run_model(to_float16(float_model), pictures)[0]
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, expected, atol=2e-3)


def test_the_body_is_in_half_precision_and_the_head_is_not(float_model):
    half = to_float16(float_model)
    kinds = {tensor.name: tensor.data_type for tensor in half.graph.initializer}
    bodies = {kind for name, kind in kinds.items() if "conv" in name}
    assert bodies == {onnx.TensorProto.FLOAT16}
    heads = {kind for name, kind in kinds.items() if name.startswith("head")}
    assert heads == {onnx.TensorProto.FLOAT}
    assert Counter(node.op_type for node in half.graph.node)["Cast"] == 2, "one into half precision, one out of it"
    assert half.graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.UINT8


def test_every_weight_of_the_body_takes_half_the_bytes(float_model):
    before, after = (
        {tensor.name: len(tensor.raw_data) for tensor in model.graph.initializer if "conv" in tensor.name}
        for model in (float_model, to_float16(float_model))
    )
    assert after == {name: size // 2 for name, size in before.items()}


def test_the_float_model_is_left_alone(float_model):
    before = float_model.SerializeToString()
    to_float16(float_model)
    assert float_model.SerializeToString() == before


def test_nothing_is_padded_in_bytes_which_cuda_cannot(float_model):
    half = onnx.shape_inference.infer_shapes(to_float16(float_model))
    kinds = {value.name: value.type.tensor_type.elem_type for value in half.graph.value_info}
    padded = [kinds[node.output[0]] for node in half.graph.node if node.op_type == "Pad"]
    assert padded == [onnx.TensorProto.FLOAT16]
