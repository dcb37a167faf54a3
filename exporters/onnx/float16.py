"""Half precision: float16 weights and arithmetic, for GPUs; the head stays in float32."""

from typing import Any

import numpy as np

from exporters.onnx.head import is_head


def to_float16(model: Any) -> Any:
    """Return a copy of a float32 ``onnx.ModelProto`` that computes in float16 between its input and its head.

    The uint8 pictures are cast to float16, which holds them exactly; features are cast to float32 before the head. The
    cast stands before the Pad, as ``to_onnx`` put it.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    half = onnx.ModelProto()
    half.CopyFrom(model)
    graph = half.graph
    body = [node for node in graph.node if not is_head(node.name)]
    made_in_half = {output for node in body for output in node.output}
    weights = {tensor.name: tensor for tensor in graph.initializer}
    for node in body:
        for attribute in node.attribute:
            if node.op_type == "Cast" and attribute.name == "to":
                attribute.i = TensorProto.FLOAT16
        for name in node.input:
            if name in weights and weights[name].data_type == TensorProto.FLOAT:
                weights[name].CopyFrom(
                    numpy_helper.from_array(numpy_helper.to_array(weights[name]).astype(np.float16), name)
                )
    entries = sorted({name for node in graph.node if is_head(node.name) for name in node.input if name in made_in_half})
    for name in entries:
        index = next(i for i, node in enumerate(graph.node) if is_head(node.name) and name in node.input)
        wide = f"{name}.float32"
        for node in graph.node:
            if is_head(node.name):
                node.input[:] = [wide if given == name else given for given in node.input]
        graph.node.insert(index, helper.make_node("Cast", [name], [wide], name=wide, to=TensorProto.FLOAT))
    del graph.value_info[:]
    onnx.checker.check_model(half, full_check=True)
    return onnx.shape_inference.infer_shapes(half)
