"""Rewrite the model for OpenCV 4.6: the same arithmetic in operators that it reads rightly. Needs the package onnx.

python runtimes/opencv_model.py model/model.onnx model/model.onnx.opencv

Its DNN module refuses Squeeze with axes as an input, as it is since opset 13, and fills up bytes with garbage in Pad.
So Squeeze becomes Flatten, and Cast to float32 comes before Pad.
"""  # noqa: INP001  it is copied out of here

import sys

import numpy as np
import onnx
from onnx import numpy_helper


def rewrite(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return ``model`` with the two changes made in place; each is left out where there is nothing to change."""
    graph = model.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Squeeze":  # of [batch, channels, 1, 1]
            flat = onnx.helper.make_node("Flatten", [node.input[0]], list(node.output), node.name, axis=1)
            node.CopyFrom(flat)
    for pad, cast in [(a, b) for a in graph.node for b in graph.node if b.input[0] == a.output[0]]:
        if pad.op_type == "Pad" and cast.op_type == "Cast":
            source, middle, target = pad.input[0], pad.output[0], cast.output[0]
            value = numpy_helper.to_array(constants[pad.input[2]]).astype(np.float32)
            graph.initializer.append(numpy_helper.from_array(value, f"{pad.input[2]}.float32"))
            padded = onnx.helper.make_node(
                "Pad", [middle, pad.input[1], f"{pad.input[2]}.float32"], [target], pad.name, mode="constant"
            )
            to_float = onnx.helper.make_node("Cast", [source], [middle], cast.name, to=onnx.TensorProto.FLOAT)
            pad.CopyFrom(to_float)
            cast.CopyFrom(padded)
    return model


if __name__ == "__main__":
    onnx.save(rewrite(onnx.load(sys.argv[1])), sys.argv[2])
