"""The inference graph in TensorFlow's own operations, its weights constants: nothing of Keras, nothing to restore.

scores = scores_of(image, network)                          # what a SavedModel holds
logits = logits_of(image, network, after=watch)             # with a look at every activation, for a tape
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.resnet50 import FLAT, STATISTICS, Head, InferenceNetwork, Operations, Tap, run_body, watched, zeros_around

Tensor = Any


def scores_of(image: Tensor, network: InferenceNetwork) -> Tensor:
    """Return the scores, float32 [n, categories], of a uint8 [n, height, width, 3] tensor."""
    import tensorflow as tf

    return tf.sigmoid(logits_of(image, network), name="scores")


def logits_of(
    image: Tensor,
    network: InferenceNetwork,
    after: Callable[[Tensor, str], Tensor] = lambda x, _: x,
    *,
    weights_inside: bool = True,
) -> Tensor:
    """Return the logits of the same; ``after(x, layer)`` sees what ``models.resnet50.inference_form``'s hook sees.

    ``weights_inside``: whether a graph that is being traced has the weights in it, as a file wants it, or reads those
    outside, which spares several copies of them in memory.
    """
    import tensorflow as tf

    def constant(values: NDArray[np.float32], name: str | None = None) -> Tensor:
        if weights_inside:
            return tf.constant(values, name=name)
        with tf.init_scope():
            return tf.constant(values)

    def convolve(x: Tensor, name: str, filters: int, size: int, stride: int) -> Tensor:
        del filters
        affine = network.convolutions[name]
        around = ((0, 0), *zeros_around(size, stride, x.shape[1], x.shape[2]), (0, 0))
        kernel = constant(affine.kernel, f"{name}_kernel")
        x = tf.nn.conv2d(x, kernel, stride, around if size > 1 else "VALID", name=f"{name}_product")
        x = tf.nn.bias_add(x, constant(affine.bias, f"{name}_bias"), name=f"{name}_conv")
        return x if network.before_relu(name) else after(x, f"{name}_conv")

    def pool(x: Tensor) -> Tensor:
        around = network.architecture.pool_padding
        x = tf.pad(x, ((0, 0), around, around, (0, 0)), name="pool1_pad")
        return tf.nn.max_pool2d(x, 3, 2, "VALID", name="pool1_pool")

    operations = Operations(
        convolve=convolve,
        relu=lambda x, name: after(tf.nn.relu(x, name=name), name),
        add=lambda shortcut, x, name: tf.add(shortcut, x, name=name),
        pool=pool,
        subsample=lambda x, name: tf.nn.max_pool2d(x, 1, 2, "VALID", name=name),
        join=lambda x, other, name: tf.concat([x, other], -1, name=name),
    )
    pixels = tf.pad(tf.cast(image, tf.float32), ((0, 0), (0, 0), (0, 0), (0, 1)), constant_values=255, name="pixels")
    operations, tapped = watched(operations, network.taps)
    body = run_body(network.architecture, pixels, operations, shortcuts=network.shortcuts)
    statistics = {layer: _statistics(tapped[layer], layer) for layer in network.taps}
    mean = tf.reduce_mean(body, (1, 2), name="avg_pool")
    logits = []
    for index, head in enumerate(network.heads):
        features = _features(statistics, head.taps, f"head{index}", constant) if head.taps else mean
        logits.append(_logits(features, head, f"head{index}", constant))
    return tf.concat(logits, axis=1, name="logits")


def _statistics(x: Tensor, layer: str) -> tuple[Tensor, Tensor, Tensor]:
    """Return mean, deviation and difference over rows and columns, [n, channels] each.

    The deviation has a gradient where channels are flat.
    """
    import tensorflow as tf

    mean = tf.reduce_mean(x, (1, 2), keepdims=True, name=f"tap_{layer}_mean")
    squares = tf.math.squared_difference(x, mean, name=f"tap_{layer}_squared")
    variance = tf.reduce_mean(squares, (1, 2), name=f"tap_{layer}_variance")
    down = tf.reduce_mean(tf.abs(x[:, 1:] - x[:, :-1]), (1, 2), name=f"tap_{layer}_down")
    across = tf.reduce_mean(tf.abs(x[:, :, 1:] - x[:, :, :-1]), (1, 2), name=f"tap_{layer}_across")
    deviation = tf.sqrt(variance + FLAT, name=f"tap_{layer}_deviation")
    return tf.squeeze(mean, (1, 2)), deviation, tf.add(down, across, name=f"tap_{layer}_difference")


def _features(
    statistics: Mapping[str, tuple[Tensor, Tensor, Tensor]],
    taps: Sequence[Tap],
    name: str,
    constant: Callable[[NDArray[np.float32]], Tensor],
) -> Tensor:
    import tensorflow as tf

    scale = constant(np.concatenate([values for tap in taps for values in [tap.scale] * STATISTICS]))
    side_by_side = tf.concat([value for tap in taps for value in statistics[tap.layer]], 1, name=f"{name}_statistics")
    return tf.math.log1p(side_by_side * scale, name=f"{name}_features")


def _logits(features: Tensor, head: Head, name: str, constant: Callable[[NDArray[np.float32]], Tensor]) -> Tensor:
    import tensorflow as tf

    x = features
    for index, affine in enumerate(head.layers):
        x = tf.matmul(x, constant(affine.kernel), name=f"{name}_dense{index}_product")
        x = tf.nn.bias_add(x, constant(affine.bias), name=f"{name}_dense{index}")
        x = tf.nn.relu(x) if index < len(head.layers) - 1 else x
    return x
