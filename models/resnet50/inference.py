"""The form that ships."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models.resnet50.architecture import Strides, Tensor, run_body, watched, zeros_around
from models.resnet50.heads import Head, Tap, check_taps
from models.resnet50.keras_layers import Statistics, keras_operations, statistics
from models.resnet50.network import InferenceNetwork

After = Callable[[Tensor, str], Tensor]


def inference_form(network: InferenceNetwork, strides: Strides = "moved", after: After | None = None) -> Any:
    """Build the network that ships, with its weights: uint8 RGB pictures in, scores out.

    A constant fourth channel of 255 carries the mean that the first convolution takes away (see exporters.deploy).
    With ``strides="trained"`` the strides stay where they were trained, to show that moving them changes nothing.
    ``after(x, layer)`` may replace the output of every ReLU and of every convolution that has none behind it; what
    it returns is what the next layers read.

    Returns:
        keras.Model: uint8 [n, height, width, 3] to float32 [n, len(network.labels)] in [0, 1].
    """
    import keras
    from keras import layers

    body = _run(network, network.taps, strides, after)
    mean = layers.GlobalAveragePooling2D(name="avg_pool")(body.end) if any(not h.taps for h in network.heads) else None
    logits = []
    for index, head in enumerate(network.heads):
        name = f"head{index}"
        logits.append(_dense(_features(body.statistics, head.taps, name) if head.taps else mean, head, name))
    joined = logits[0] if len(logits) == 1 else layers.Concatenate(name="logits")(logits)
    scores = layers.Activation("sigmoid", name="scores")(joined)
    return keras.Model(body.image, scores, name=f"{network.architecture.name}_inference")


def features_form(network: InferenceNetwork, taps: Sequence[str]) -> Any:
    """Build the same with the features of a head in place of scores; the heads of ``network`` are not in it.

    Args:
        network: as deployed, its channels not rescaled.
        taps: what ``HeadForm.taps`` would have; empty for the mean of the last stage's output.

    Returns:
        keras.Model: uint8 [n, height, width, 3] to float32 [n, features_size(network.architecture, taps)].

    Raises:
        ValueError: see ``check_taps``.
    """
    import keras
    from keras import layers

    arch = network.architecture
    check_taps(arch, taps)
    body = _run(network, taps, "moved", None)
    if taps:
        as_trained = tuple(Tap(tap, np.ones(arch.channels(tap), np.float32)) for tap in taps)
        features = _features(body.statistics, as_trained, "head0")
    else:
        features = layers.GlobalAveragePooling2D(name="avg_pool")(body.end)
    return keras.Model(body.image, features, name=f"{arch.name}_features")


@dataclass(frozen=True)
class _Body:
    image: Tensor
    end: Tensor
    statistics: Mapping[str, Statistics]


def _run(network: InferenceNetwork, taps: Sequence[str], strides: Strides, after: After | None) -> _Body:
    import keras
    from keras import layers, ops

    arch = network.architecture

    def convolve(x: Tensor, name: str, filters: int, kernel: int, stride: int) -> Tensor:
        if name == "conv1" and network.reads_blocks:
            kernel, stride = 4, 1
        padding = "same" if kernel == 3 and stride == 1 else "valid"
        if kernel > 1 and padding == "valid":
            x = layers.ZeroPadding2D(zeros_around(kernel, stride, *x.shape[1:3]), name=f"{name}_pad")(x)
        layer = layers.Conv2D(filters, kernel, strides=stride, padding=padding, name=f"{name}_conv")
        x = layer(x)
        layer.set_weights([network.convolutions[name].kernel, network.convolutions[name].bias])
        return x if after is None or network.before_relu(name) else after(x, f"{name}_conv")

    def relu(x: Tensor, name: str) -> Tensor:
        x = layers.Activation("relu", name=name)(x)
        return after(x, name) if after else x

    image = keras.Input((network.height, network.width, 3), dtype="uint8", name="image")
    x = ops.pad(ops.cast(image, "float32"), [[0, 0], [0, 0], [0, 0], [0, 1]], constant_values=255)
    if network.reads_blocks:
        x = _blocks_to_channels(ops, x, network.height // 2, network.width // 2)
    operations, seen = watched(replace(keras_operations(arch, convolve), relu=relu), taps)
    x = run_body(arch, x, operations, strides, network.shortcuts)
    found = {
        tap: statistics(
            seen[tap],
            tap,
            lambda variance, name: layers.Activation(ops.sqrt, name=name)(variance),
            lambda step, name: layers.Activation(ops.absolute, name=name)(step),
            even=strides == "trained" and arch.read_at_even_positions(tap),
        )
        for tap in taps
    }
    return _Body(image, x, found)


def _blocks_to_channels(ops: Any, x: Tensor, rows: int, columns: int) -> Tensor:
    """Gather each block of 2x2 pixels into one of four times the channels, row by row (TensorFlow's space_to_depth)."""
    x = ops.reshape(x, (-1, rows, 2, columns, 2, 4))
    return ops.reshape(ops.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, rows, columns, 16))


def _features(found: Mapping[str, Statistics], taps: Sequence[Tap], name: str) -> Tensor:
    from keras import layers, ops

    x = layers.Concatenate(name=f"{name}_statistics")([value for tap in taps for value in found[tap.layer]])
    scale = np.concatenate([tap.scale for tap in taps for _ in found[tap.layer]])
    if np.any(scale != 1):
        x = layers.Rescaling(scale.reshape(1, 1, 1, -1), name=f"{name}_scaled")(x)
    x = layers.Activation(ops.log1p, name=f"{name}_log")(x)
    return layers.GlobalAveragePooling2D(name=f"{name}_features")(x)  # of one position: LiteRT flattens in four steps


def _dense(features: Tensor, head: Head, name: str) -> Tensor:
    from keras import layers

    x = features
    for index, affine in enumerate(head.layers):
        last = index == len(head.layers) - 1
        layer = layers.Dense(affine.bias.size, activation=None if last else "relu", name=f"{name}_dense{index}")
        x = layer(x)
        layer.set_weights([affine.kernel, affine.bias])
    return x
