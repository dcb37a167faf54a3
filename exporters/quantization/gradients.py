"""What the logits make of a small change, anywhere in the network: one backward pass tells it for every activation.

    for seen in gradients(network, layers, batches):
        seen["conv1_relu"].values, seen["conv1_relu"].gradients      # tf.Tensor [n, rows, columns, channels]

An error ``e`` in an activation moves the logits by ``sum(gradient * e)``, to first order. With several categories,
the gradient is that of their logits under random signs, whose square has the expectation of the sum of the squares
over categories: one pass serves all of them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exporters.tensorflow_graph import logits_of
from models.resnet50 import InferenceNetwork


@dataclass(frozen=True)
class Seen:
    """An activation over a batch, and the gradient of the logits by it: tf.Tensor, float32, NHWC both."""

    values: Any
    gradients: Any


def gradients(
    network: InferenceNetwork, layers: Collection[str], batches: Iterable[NDArray[np.uint8]], seed: int = 0
) -> Iterator[Mapping[str, Seen]]:
    """Yield, for each uint8 batch [n, height, width, 3], what these layers of the inference form put out and weigh.

    ``layers`` are names as ``inference_form``'s hook sees them: every ReLU, and every convolution before an addition.
    """
    import tensorflow as tf

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def run(pictures: Any, signs: Any) -> Any:
        seen: dict[str, Any] = {}
        with tf.GradientTape(watch_accessed_variables=False) as tape:

            def watch(x: Any, name: str) -> Any:
                if name in layers:
                    tape.watch(x)
                    seen[name] = x
                return x

            logits = logits_of(pictures, network, watch, weights_inside=False)
            weighed = tf.reduce_sum(logits * signs)
        return seen, tape.gradient(weighed, seen)

    chance = np.random.default_rng(seed)
    for batch in batches:
        signs = chance.choice(np.array([-1, 1], np.float32), (len(batch), len(network.labels)))
        values, slopes = run(tf.constant(batch), tf.constant(signs))
        yield {name: Seen(values[name], slopes[name]) for name in values}
