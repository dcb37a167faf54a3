"""What follows the backbone, in OpenVINO's operations and in float32: features, Dense layers, the scores."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from models.resnet50 import STATISTICS, Head, InferenceNetwork, Tap

OUTPUT = "scores"

Node = Any


def scores_of(end: Node, tapped: Mapping[str, Node], network: InferenceNetwork) -> Node:
    """Return the scores, float32 [n, categories].

    Args:
        end: the last stage's output, float32 [n, channels, rows, columns].
        tapped: the outputs of ``network.taps``, by layer.
        network: whose heads are built.
    """
    from openvino import opset8 as ov

    statistics = {layer: _statistics(tapped[layer], layer) for layer in network.taps}
    plain = not all(head.taps for head in network.heads)
    mean = ov.reduce_mean(end, _rows_and_columns(), name="avg_pool") if plain else None
    logits = []
    for index, head in enumerate(network.heads):
        name = f"head{index}"
        logits.append(_logits(_features(statistics, head.taps, name) if head.taps else mean, head, name))
    joined = logits[0] if len(logits) == 1 else ov.concat(logits, 1, name="logits")
    scores = ov.sigmoid(joined, name=OUTPUT)
    scores.output(0).set_names({OUTPUT})
    return scores


def _statistics(x: Node, layer: str) -> tuple[Node, Node, Node]:
    """Return mean, deviation (in two passes) and difference over rows and columns, [n, channels, 1, 1] each."""
    from openvino import opset8 as ov

    name = f"tap_{layer}"
    mean = ov.reduce_mean(x, _rows_and_columns(), keep_dims=True, name=f"{name}_mean")
    squares = ov.squared_difference(x, mean, name=f"{name}_squared")
    variance = ov.reduce_mean(squares, _rows_and_columns(), keep_dims=True, name=f"{name}_variance")
    down, across = _between_neighbours(x, 2, f"{name}_down"), _between_neighbours(x, 3, f"{name}_across")
    return mean, ov.sqrt(variance, name=f"{name}_deviation"), ov.add(down, across, name=f"{name}_difference")


def _between_neighbours(x: Node, axis: int, name: str) -> Node:
    """Return the mean absolute step from a position to the next one along ``axis``, [n, channels, 1, 1]."""
    from openvino import opset8 as ov

    one, along = ov.constant(np.array([1], np.int64)), ov.constant(np.array([axis], np.int64))
    later = ov.slice(x, one, ov.constant(np.array([2**31 - 1], np.int64)), one, along, name=f"{name}_later")
    sooner = ov.slice(
        x,
        ov.constant(np.array([0], np.int64)),
        ov.constant(np.array([-1], np.int64)),
        one,
        along,
        name=f"{name}_sooner",
    )
    size = ov.absolute(ov.subtract(later, sooner, name=f"{name}_step"), name=f"{name}_size")
    return ov.reduce_mean(size, _rows_and_columns(), keep_dims=True, name=name)


def _features(statistics: Mapping[str, tuple[Node, Node, Node]], taps: Sequence[Tap], name: str) -> Node:
    """Return ``log(1 + scale * statistics)``, [n, features]; OpenVINO has no log1p."""
    from openvino import opset8 as ov

    x = ov.concat([value for tap in taps for value in statistics[tap.layer]], 1, name=f"{name}_statistics")
    scale = np.concatenate([values for tap in taps for values in [tap.scale] * STATISTICS])
    if np.any(scale != 1):
        x = ov.multiply(x, ov.constant(scale.reshape(1, -1, 1, 1)))
    x = ov.log(ov.add(x, ov.constant(np.ones((1, 1, 1, 1), np.float32))))
    return ov.squeeze(x, _rows_and_columns(), name=f"{name}_features")


def _logits(features: Node, head: Head, name: str) -> Node:
    from openvino import opset8 as ov

    x = features
    for index, affine in enumerate(head.layers):
        x = ov.matmul(x, ov.constant(np.ascontiguousarray(affine.kernel.T)), transpose_a=False, transpose_b=True)
        x = ov.add(x, ov.constant(affine.bias[None]), name=f"{name}_dense{index}")
        if index < len(head.layers) - 1:
            x = ov.relu(x)
    return x


def _rows_and_columns() -> Node:
    from openvino import opset8 as ov

    return ov.constant(np.array([2, 3], np.int64))
