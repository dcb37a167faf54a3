"""The file ``saved_model.pb``: one graph, and the signatures by which it is served.

Written as what it is, a frozen graph, and not by ``tf.saved_model.save``: that adds an object graph, a checkpoint,
numbered names and a random fingerprint, and nothing that serves a model needs any of them. So the same network is
always the same bytes.
"""

from collections.abc import Mapping
from typing import Any

from exporters.saved_model.pictures import read_pictures
from exporters.tensorflow_graph import scores_of
from models.resnet50 import InferenceNetwork
from models.spec import ClassifierSpec

PIXELS = "serving_default"
BYTES = "serving_bytes"


def saved_model(network: InferenceNetwork, spec: ClassifierSpec) -> bytes:
    """Return the content of ``saved_model.pb``.

    ``serving_default`` takes ``image``, uint8 [n, height, width, 3]; ``serving_bytes`` takes ``image_bytes``, string
    [n], each a picture file. Both give ``scores``, float32 [n, categories], and ``labels``, string [n, categories]: a
    row for each picture, because a server that batches, or answers row by row, wants that of every output.
    """
    import tensorflow as tf
    from tensorflow.core.protobuf import saved_model_pb2

    with tf.Graph().as_default() as graph:
        contents = tf.compat.v1.placeholder(tf.string, (None,), name="image_bytes")
        pixels = read_pictures(contents, spec.preprocessing)
        # pixels that are given take the place of those that are decoded
        image = tf.compat.v1.placeholder_with_default(pixels, pixels.shape, name="image")
        scores = scores_of(image, network)
        labels = tf.tile(tf.constant([list(network.labels)]), [tf.shape(scores)[0], 1], name="labels")
        meta: Any = tf.compat.v1.train.export_meta_graph(graph=graph, strip_default_attrs=True)
    meta.meta_info_def.tags.append(tf.saved_model.SERVING)
    outputs = {"scores": scores, "labels": labels}
    _sign(meta.signature_def[PIXELS], {"image": image}, outputs)
    _sign(meta.signature_def[BYTES], {"image_bytes": contents}, outputs)
    _number_functions(meta.graph_def)
    document = saved_model_pb2.SavedModel(saved_model_schema_version=1, meta_graphs=[meta])
    content: bytes = document.SerializeToString(deterministic=True)
    return content


def _sign(signature: Any, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> None:
    import tensorflow as tf

    signature.method_name = tf.saved_model.PREDICT_METHOD_NAME
    for described, tensors in ((signature.inputs, inputs), (signature.outputs, outputs)):
        for name, tensor in tensors.items():
            described[name].name = tensor.name
            described[name].dtype = tensor.dtype.as_datatype_enum
            described[name].tensor_shape.CopyFrom(tensor.shape.as_proto())


def _number_functions(graph: Any) -> None:
    """Name and order a GraphDef's functions by when they were made; TensorFlow counts all that a process ever made."""
    library = graph.library.function
    library.sort(key=lambda function: _number(function.signature.name))
    names = {
        function.signature.name: f"{function.signature.name.rpartition('_')[0]}_{index}"
        for index, function in enumerate(library)
    }
    for function in library:
        before = function.signature.name
        function.signature.name = names[before]
        for argument in function.signature.input_arg:  # of a loop, those that its condition does not read
            argument.name = argument.name.replace(before, names[before])
    for node in (*graph.node, *(node for function in library for node in function.node_def)):
        for attribute in node.attr.values():
            if attribute.HasField("func"):
                attribute.func.name = names[attribute.func.name]


def _number(function: str) -> int:
    return int(function.rpartition("_")[2])
