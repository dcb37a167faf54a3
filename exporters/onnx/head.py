"""What follows the backbone, written in ONNX's operations: the features, and Dense layers on them, in float32.

    head = HeadWriter(model.graph)
    head.scores(network)                     # or head.features(taps)

Means are taken by GlobalAveragePool, which ONNX Runtime runs where its convolutions leave their outputs. The nodes of a
tap stand behind the layer that it reads, whose output is then still in the cache.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.resnet50 import STATISTICS, Head, InferenceNetwork, Tap

OUTPUT = "scores"
FEATURES = "features"
_END = 2**31 - 1


def is_head(node: str) -> bool:
    """Tell whether the node of this name belongs to what follows the backbone: statistics, Dense layers, sigmoid."""
    layer = node.split("/", maxsplit=1)[0]
    return layer in {"avg_pool", "logits", OUTPUT, FEATURES} or layer.startswith(("head", "tap_"))


class HeadWriter:
    """Appends to the ``onnx.GraphProto`` of a body whose nodes carry the names of the Keras layers."""

    def __init__(self, graph: Any) -> None:
        self.graph = graph

    def scores(self, network: InferenceNetwork) -> None:
        """Write all heads; the last node's output is ``scores``, float32 [n, categories]."""
        for tap in network.taps:
            self._statistics(tap)
        end = network.architecture.taps[-1]
        mean = "" if all(head.taps for head in network.heads) else self._mean(end)
        logits = []
        for index, head in enumerate(network.heads):
            name = f"head{index}"
            features = self._features(head.taps, f"{name}_features") if head.taps else mean
            logits.append(self._dense(head, features, name))
        joined = logits[0] if len(logits) == 1 else self._node("Concat", logits, "logits", axis=1)
        self._node("Sigmoid", [joined], OUTPUT)

    def features(self, end: str, taps: Sequence[Tap]) -> None:
        """Write the features of one head; the last node's output is ``features``, float32 [n, features]."""
        for tap in taps:
            self._statistics(tap.layer)
        if taps:
            self._features(taps, FEATURES)
        else:
            self._mean(end, FEATURES)

    def _mean(self, layer: str, name: str = "avg_pool") -> str:
        pooled = self._node("GlobalAveragePool", [layer], f"{name}/GlobalAveragePool")
        return self._node("Squeeze", [pooled, self._constant(f"{name}.axes", np.array([2, 3], np.int64))], name)

    def _statistics(self, layer: str) -> None:
        """Write mean, deviation (in two passes) and difference behind the node that makes ``layer``."""
        from onnx import helper

        name = f"tap_{layer}"
        mean, centred, squared, variance = (f"{name}_{part}" for part in ("mean", "centred", "squared", "variance"))
        nodes = [
            helper.make_node("GlobalAveragePool", [layer], [mean], name=mean),
            helper.make_node("Sub", [layer, mean], [centred], name=centred),
            helper.make_node("Mul", [centred, centred], [squared], name=squared),
            helper.make_node("GlobalAveragePool", [squared], [variance], name=variance),
            helper.make_node("Sqrt", [variance], [f"{name}_deviation"], name=f"{name}_deviation"),
            *self._between_neighbours(layer, f"{name}_down", axis=2),
            *self._between_neighbours(layer, f"{name}_across", axis=3),
            helper.make_node(
                "Add", [f"{name}_down", f"{name}_across"], [f"{name}_difference"], name=f"{name}_difference"
            ),
        ]
        place = next(index for index, node in enumerate(self.graph.node) if node.output[0] == layer) + 1
        for offset, node in enumerate(nodes):
            self.graph.node.insert(place + offset, node)

    def _between_neighbours(self, layer: str, name: str, axis: int) -> list[Any]:
        """Return nodes for the mean absolute step from a position to the next one along ``axis``."""
        from onnx import helper

        later, sooner, step, size = (f"{name}_{part}" for part in ("later", "sooner", "step", "size"))
        first, second, last, end, along = (
            self._constant(f"{name}.{part}", np.array([value], np.int64))
            for part, value in (("first", 0), ("second", 1), ("last", -1), ("end", _END), ("axis", axis))
        )
        return [
            helper.make_node("Slice", [layer, second, end, along], [later], name=later),
            helper.make_node("Slice", [layer, first, last, along], [sooner], name=sooner),
            helper.make_node("Sub", [later, sooner], [step], name=step),
            helper.make_node("Abs", [step], [size], name=size),
            helper.make_node("GlobalAveragePool", [size], [name], name=name),
        ]

    def _features(self, taps: Sequence[Tap], name: str) -> str:
        """Write ``log(1 + scale * statistics)`` of all taps side by side; ONNX has no log1p."""
        parts = [f"tap_{tap.layer}_{part}" for tap in taps for part in ("mean", "deviation", "difference")]
        x = self._node("Concat", parts, f"{name}/Concat", axis=1)
        scale = np.concatenate([values for tap in taps for values in [tap.scale] * STATISTICS])
        if np.any(scale != 1):
            x = self._node("Mul", [x, self._constant(f"{name}.scale", scale.reshape(1, -1, 1, 1))], f"{name}/Mul")
        x = self._node("Add", [x, self._constant(f"{name}.one", np.ones((1, 1, 1, 1), np.float32))], f"{name}/Add")
        return self._node("Flatten", [self._node("Log", [x], f"{name}/Log")], name, axis=1)

    def _dense(self, head: Head, features: str, name: str) -> str:
        x = features
        for index, affine in enumerate(head.layers):
            layer, last = f"{name}_dense{index}", index == len(head.layers) - 1
            product = self._node(
                "MatMul", [x, self._constant(f"{layer}/MatMul.kernel", affine.kernel)], f"{layer}/MatMul"
            )
            added = layer if last else f"{layer}/Add"
            x = self._node("Add", [product, self._constant(f"{added}.bias", affine.bias)], added)
            x = x if last else self._node("Relu", [x], layer)
        return x

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(self, kind: str, inputs: Sequence[str], name: str, **attributes: Any) -> str:
        from onnx import helper

        self.graph.node.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name
