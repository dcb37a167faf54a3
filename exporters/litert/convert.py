"""The Keras inference graph as float32 LiteRT that XNNPACK takes over from the first convolution to the last."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from exporters.litert.first import FirstConvolution
from exporters.litert.graph import Graph
from models.resnet50 import InferenceNetwork, inference_form

OUTPUT = "scores"
ENTRY = "entry"


def to_litert(network: InferenceNetwork, first: FirstConvolution, batch: int | None) -> Graph:
    """Convert everything from ``first`` on to a float32 graph whose tensors carry the names of the Keras layers.

    Its input, ``entry``, is what ``first`` reads, float32 [batch, *first.reads]; exporters.litert.entry puts the
    picture before it. Its output is ``scores``, float32 [batch, categories]. A convolution and the ReLU behind it are
    one operator, whose output has the ReLU's name; its weights are ``<convolution>.kernel`` and ``.bias``.
    ``batch`` None leaves the batch free at run time.
    """
    import keras
    import tensorflow as tf

    graph = inference_form(network)
    rest = keras.Model(graph.get_layer("conv1_relu").input, graph.output)

    @tf.function(input_signature=[tf.TensorSpec((batch, *first.reads), tf.float32, name=ENTRY)])  # type: ignore[untyped-decorator]
    def run(x: Any) -> Any:
        x = tf.pad(x, ((0, 0), *first.pads, (0, 0)), name="conv1_pad")
        x = tf.nn.conv2d(x, first.kernel, first.strides, "VALID", name="conv1_conv")
        return rest(tf.nn.bias_add(x, first.bias), training=False)

    owner = tf.Module()  # the converter makes constants only of variables that it finds here
    owner.held = [weight.value for weight in rest.weights]
    converter = tf.lite.TFLiteConverter.from_concrete_functions([run.get_concrete_function()], owner)
    made = Graph(converter.convert())
    made.model.metadata, made.model.description = [], b"rct"
    _name_after_layers(made, ["conv1_pad", "conv1_conv", *(layer.name for layer in rest.layers)])
    _pad_inside_pooling(made)
    _subsample_by_convolution(made)
    made.declare([(ENTRY, made.subgraph.inputs[0])], [(OUTPUT, made.subgraph.outputs[0])])
    return made


def is_head(tensor: str) -> bool:
    """Tell whether the operator that makes this tensor follows the backbone: statistics, Dense layers, sigmoid."""
    layer = tensor.split("/", maxsplit=1)[0]
    return layer in {"avg_pool", "logits", OUTPUT} or layer.startswith(("head", "tap_"))


def _name_after_layers(graph: Graph, layers: Sequence[str]) -> None:
    """Name every tensor after the Keras layer that makes it or whose weight it is.

    The converter's names hold those of all layers that it made one; the last of them is what comes out.
    """
    pattern = re.compile(r"(?:^|[/;])(" + "|".join(map(re.escape, layers)) + r")(?:_\d+)?(?=[/;:]|\d*$)")
    made: list[tuple[str, str]] = []
    for operator in graph.operators:
        found = sorted(pattern.findall(graph.name(operator.outputs[0])), key=layers.index)
        found = found or sorted(
            {name for index in operator.inputs[1:] for name in pattern.findall(graph.name(index))}, key=layers.index
        )
        made.append((found[0], found[-1]) if found else (OUTPUT, OUTPUT))
    final = {last: index for index, (_, last) in enumerate(made)}
    named: set[int] = set()
    for index, (operator, (start, last)) in enumerate(zip(graph.operators, made, strict=True)):
        name = last if final[last] == index else f"{last}/{graph.kind(operator)}"
        graph.tensors[operator.outputs[0]].name = name.encode()
        roles = ("kernel", "bias") if graph.kind(operator) in {"CONV_2D", "FULLY_CONNECTED"} else ("argument",)
        for role, tensor in zip(roles, operator.inputs[1:], strict=False):
            if tensor >= 0 and tensor not in named and graph.values(tensor) is not None:
                graph.tensors[tensor].name = f"{start}.{role}".encode()
                named.add(tensor)


def _pad_inside_pooling(graph: Graph) -> None:
    """Let the pooling pad for itself where "same" padding is what is meant.

    What it pools has passed a ReLU, so a zero and a place that is left out are alike to it.
    """
    makers = {operator.outputs[0]: operator for operator in graph.operators}
    for pool in [operator for operator in graph.operators if graph.kind(operator) == "MAX_POOL_2D"]:
        pad = makers.get(pool.inputs[0])
        if pad is None or graph.kind(pad) != "PAD":
            continue
        around = graph.values(pad.inputs[1])
        sides = graph.shape(pad.inputs[0])[1:3]
        if around is not None and [tuple(pair) for pair in around[1:3]] == [_same(side) for side in sides]:
            pool.inputs[0] = pad.inputs[0]
            pool.builtinOptions.padding = 0
            graph.operators.remove(pad)


def _same(side: int) -> tuple[int, int]:
    """Return what "same" padding adds before and after, for a window of 3 and stride 2."""
    total = max((-(-side // 2) - 1) * 2 + 3 - side, 0)
    return (total // 2, total - total // 2)


def _subsample_by_convolution(graph: Graph) -> None:
    """Turn every 1x1 pooling into a depthwise convolution by one.

    XNNPACK refuses a pooling whose stride is larger than its window, and would take the graph over in four pieces.
    """
    for index, operator in enumerate(graph.operators):
        if graph.kind(operator) != "MAX_POOL_2D" or operator.builtinOptions.filterHeight != 1:
            continue
        name, channels = graph.name(operator.outputs[0]), graph.shape(operator.outputs[0])[3]
        kernel = graph.constant(f"{name}.kernel", np.ones((1, 1, 1, channels), np.float32))
        bias = graph.constant(f"{name}.bias", np.zeros(channels, np.float32))
        graph.operators[index] = graph.operator(
            "DEPTHWISE_CONV_2D",
            [operator.inputs[0], kernel, bias],
            operator.outputs,
            "DepthwiseConv2DOptions",
            padding=1,
            strideH=2,
            strideW=2,
            depthMultiplier=1,
            dilationHFactor=1,
            dilationWFactor=1,
        )
