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

from models.resnet50 import Head, InferenceNetwork, Operations, run_body, zeros_around


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

    weights = {name: (tf.constant(affine.kernel), tf.constant(affine.bias)) for name, affine in _affines(network)}

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def run(pictures: Any, signs: Any) -> Any:
        seen: dict[str, Any] = {}
        with tf.GradientTape(watch_accessed_variables=False) as tape:

            def watch(x: Any, name: str) -> Any:
                if name in layers:
                    tape.watch(x)
                    seen[name] = x
                return x

            logits = _logits(network, pictures, weights, watch)
            weighed = tf.reduce_sum(logits * signs)
        return seen, tape.gradient(weighed, seen)

    chance = np.random.default_rng(seed)
    for batch in batches:
        signs = chance.choice(np.array([-1, 1], np.float32), (len(batch), len(network.labels)))
        values, slopes = run(tf.constant(batch), tf.constant(signs))
        yield {name: Seen(values[name], slopes[name]) for name in values}


def _affines(network: InferenceNetwork) -> Iterator[tuple[str, Any]]:
    yield from network.convolutions.items()
    for index, head in enumerate(network.heads):
        yield from ((f"head{index}_dense{layer}", affine) for layer, affine in enumerate(head.layers))


def _logits(network: InferenceNetwork, pictures: Any, weights: Mapping[str, Any], watch: Any) -> Any:
    """Run the inference graph in TensorFlow's own operations, which a tape can watch from the inside."""
    import tensorflow as tf

    def convolve(x: Any, name: str, filters: int, size: int, stride: int) -> Any:
        del filters
        kernel, bias = weights[name]
        x = tf.pad(x, ((0, 0), *zeros_around(size, stride, *x.shape[1:3]), (0, 0)))
        x = tf.nn.conv2d(x, kernel, stride, "VALID") + bias
        return x if network.before_relu(name) else watch(x, f"{name}_conv")

    def pool(x: Any) -> Any:
        around = network.architecture.pool_padding
        return tf.nn.max_pool2d(tf.pad(x, ((0, 0), around, around, (0, 0))), 3, 2, "VALID")

    operations = Operations(
        convolve=convolve,
        relu=lambda x, name: watch(tf.nn.relu(x), name),
        add=lambda shortcut, x, _: shortcut + x,
        pool=pool,
        subsample=lambda x, _: x[:, ::2, ::2],
        join=lambda x, other, _: tf.concat([x, other], -1),
    )
    x = tf.pad(tf.cast(pictures, tf.float32), ((0, 0), (0, 0), (0, 0), (0, 1)), constant_values=255)
    x = tf.reduce_mean(run_body(network.architecture, x, operations, shortcuts=network.shortcuts), (1, 2))
    return tf.concat([_dense(x, head, f"head{index}", weights) for index, head in enumerate(network.heads)], -1)


def _dense(x: Any, head: Head, name: str, weights: Mapping[str, Any]) -> Any:
    import tensorflow as tf

    for index in range(len(head.layers)):
        kernel, bias = weights[f"{name}_dense{index}"]
        x = (tf.nn.relu(x) if index else x) @ kernel + bias
    return x
