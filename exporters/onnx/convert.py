"""The Keras inference graph as ONNX, with nothing left in it that the target would have to work around."""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from exporters.onnx.head import FEATURES, OUTPUT, HeadWriter
from models.resnet50 import InferenceNetwork, Tap, features_size, inference_form

INPUT = "image"
PIXELS = "pixels"
"""What the first convolution reads."""
_CHANNEL_PADS = "constant_channel.pads"


def to_onnx(
    network: InferenceNetwork, opset: int, ir_version: int, batch: int | None, *, pad_bytes: bool = False
) -> Any:
    """Convert ``network`` to a float32 ``onnx.ModelProto`` whose nodes carry the names of the Keras layers.

    The input is ``image``, uint8 [batch, height, width, 3]; the output ``scores``, float32 [batch, categories].
    ``batch`` None leaves the batch free at run time.

    The picture is cast to float32 before the constant channel is padded to it: ONNX Runtime's CUDA provider has no Pad
    for bytes, and one node on the CPU costs two copies and the CUDA graph. With ``pad_bytes`` it is padded first, as
    ``exporters.onnx.quantize`` wants it: the first integer convolution reads bytes.
    """
    model = _body(network, opset, pad_bytes=pad_bytes)
    HeadWriter(model.graph).scores(network)
    return _finished(model, network, (OUTPUT, len(network.labels)), opset, ir_version, batch)


def features_to_onnx(
    network: InferenceNetwork, taps: Sequence[str], opset: int, ir_version: int, batch: int | None
) -> Any:
    """Convert the backbone of ``network`` and the statistics of ``taps``: ``models.resnet50.features_form`` in ONNX.

    As ``to_onnx``, but the output is ``features``, float32 [batch, features_size(network.architecture, taps)].

    Raises:
        ValueError: ``taps`` are not what a head may read.
    """
    arch = network.architecture
    size = features_size(arch, taps)
    model = _body(network, opset)
    as_trained = [Tap(tap, np.ones(arch.channels(tap), np.float32)) for tap in taps]
    HeadWriter(model.graph).features(arch.taps[-1], as_trained)
    return _finished(model, network, (FEATURES, size), opset, ir_version, batch)


def _body(network: InferenceNetwork, opset: int, *, pad_bytes: bool = False) -> Any:
    """Convert what comes before the head; the last node's output is that of the last stage."""
    import keras
    import tensorflow as tf
    import tf2onnx

    form = inference_form(network)
    body = keras.Model(form.input, form.get_layer(network.architecture.taps[-1]).output)
    signature = [tf.TensorSpec((None, network.height, network.width, 3), tf.uint8, name=INPUT)]
    function = tf.function(lambda image: body(image, training=False), input_signature=signature)
    with _quiet():
        model, _ = tf2onnx.convert.from_function(function, input_signature=signature, opset=opset)
    _replace_entry(model.graph, blocks=network.reads_blocks, pad_bytes=pad_bytes)
    _pad_inside_pooling(model.graph)
    _leave_as_convolved(model.graph)
    _name_after_layers(model.graph, [layer.name for layer in body.layers])
    return model


def _finished(
    model: Any, network: InferenceNetwork, output: tuple[str, int], opset: int, ir_version: int, batch: int | None
) -> Any:
    import onnx
    from onnx import TensorProto, helper

    size: int | str = "batch" if batch is None else batch
    pictures = [size, network.height, network.width, 3]
    graph = model.graph
    del graph.input[:], graph.output[:], graph.value_info[:]
    graph.input.append(helper.make_tensor_value_info(INPUT, TensorProto.UINT8, pictures))
    graph.output.append(helper.make_tensor_value_info(output[0], TensorProto.FLOAT, [size, output[1]]))
    graph.name, model.producer_name, model.producer_version = network.architecture.name, "rct", ""
    model.ir_version = ir_version
    del model.opset_import[:]
    model.opset_import.append(helper.make_opsetid("", opset))
    onnx.checker.check_model(model, full_check=True)
    return onnx.shape_inference.infer_shapes(model)


def _replace_entry(graph: Any, *, blocks: bool, pad_bytes: bool) -> None:
    """Turn what stands before the first convolution into Transpose, Cast and Pad, or Pad and Cast (``pad_bytes``)."""
    from onnx import TensorProto, helper, numpy_helper

    nodes = list(graph.node)
    first = next(index for index, node in enumerate(nodes) if node.op_type == "Conv")
    value = "constant_channel.value"
    graph.initializer.append(numpy_helper.from_array(np.array([0, 0, 0, 0, 0, 1, 0, 0], np.int64), _CHANNEL_PADS))
    graph.initializer.append(numpy_helper.from_array(np.array(255, np.uint8 if pad_bytes else np.float32), value))
    single = "single_pixels" if blocks else PIXELS
    between = "constant_channel" if pad_bytes else "real_planes"

    def pad(source: str, target: str) -> Any:
        return helper.make_node("Pad", [source, _CHANNEL_PADS, value], [target], name=target)

    def cast(source: str, target: str) -> Any:
        return helper.make_node("Cast", [source], [target], name=target, to=TensorProto.FLOAT)

    first_step, second_step = (pad, cast) if pad_bytes else (cast, pad)
    entry = [
        helper.make_node("Transpose", [INPUT], ["planes"], name="planes", perm=[0, 3, 1, 2]),
        first_step("planes", between),
        second_step(between, single),
    ]
    if blocks:  # after the cast: ONNX Runtime gathers bytes only from 1.28 on, floats since ever
        entry.append(helper.make_node("SpaceToDepth", [single], [PIXELS], name=PIXELS, blocksize=2))
    nodes[first].input[0] = PIXELS
    del graph.node[:]
    graph.node.extend(entry + nodes[first:])
    _drop_unused(graph)


def _pad_inside_pooling(graph: Any) -> None:
    """Let the pooling pad for itself: what it pools has passed a ReLU, so zeros and minus infinity are alike to it."""
    from onnx import helper, numpy_helper

    constants = {tensor.name: tensor for tensor in graph.initializer}
    for pad in [node for node in graph.node if node.op_type == "Pad" and node.input[1] != _CHANNEL_PADS]:
        pool = next(node for node in graph.node if pad.output[0] in node.input)
        if pool.op_type != "MaxPool":
            raise AssertionError(f"{pad.name}: a Pad before {pool.op_type} was expected to be folded")
        around = numpy_helper.to_array(constants[pad.input[1]])
        pool.input[0] = pad.input[0]
        pool.attribute.append(helper.make_attribute("pads", [int(around[axis]) for axis in (2, 3, 6, 7)]))
        graph.node.remove(pad)
    _drop_unused(graph)


def _leave_as_convolved(graph: Any) -> None:
    """Take away what would bring the last output into Keras' order of axes."""
    last = graph.node[-1]
    if last.op_type not in {"Transpose", "Reshape"}:  # the latter where the last stage has a single position
        raise AssertionError(f"{last.name}: the converter was expected to put channels last (got {last.op_type})")
    graph.node.remove(last)


def _drop_unused(graph: Any) -> None:
    used = {name for node in graph.node for name in node.input}
    for tensor in [tensor for tensor in graph.initializer if tensor.name not in used]:
        graph.initializer.remove(tensor)


def _name_after_layers(graph: Any, layers: Sequence[str]) -> None:
    """Give every node, its output and its weights the name of their Keras layer.

    A layer's last node takes its name as it is; the others add their operator: ``avg_pool/GlobalAveragePool``.
    """
    pattern = re.compile(
        r"(?:^|/)(" + "|".join(sorted(map(re.escape, layers), key=len, reverse=True)) + r")(?:_\d+)?[/:]"
    )
    owners: list[str] = []
    for node in graph.node:
        places = [node.name + "/", *node.output, *node.input[1:]]
        owners.append(next((match[1] for place in places if (match := pattern.search(place))), node.name))
    renamed: dict[str, str] = {}
    for index, (node, owner) in enumerate(zip(graph.node, owners, strict=True)):
        last = owner not in owners[index + 1 :]
        node.name = owner if last else f"{owner}/{node.op_type}"
        renamed[node.output[0]] = node.name
    weights = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        for role, name in zip(("kernel", "bias"), node.input[1:], strict=False):
            if name in weights and node.op_type in {"Conv", "MatMul", "Gemm", "Add"}:
                renamed[name] = f"{node.name}.{'bias' if node.op_type == 'Add' else role}"
    for node in graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]
        node.output[:] = [renamed.get(name, name) for name in node.output]
    for tensor in graph.initializer:
        tensor.name = renamed.get(tensor.name, tensor.name)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep tf2onnx's progress out of the user's terminal."""
    logger = logging.getLogger("tf2onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
