"""The graph that is trained: uint8 pictures in, logits out, everything between on the device.

    with precision("mixed_float16"):
        network = training_form(RESNET50, ("adult", "violence"))
        graph = picture_graph(network, rule, mixing=True)
    choose_trainable(network, stages=2, batch_norm="frozen")
    graph.compile(optimizer, loss=masked_cross_entropy)

A batch travels as bytes, a quarter of what float32 would be; normalisation and mixup happen where the network is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from models.preprocessing import Preprocessing

Precision = Literal["float32", "mixed_float16", "mixed_bfloat16"]
BatchNorm = Literal["frozen", "trained"]
PICTURES, SHARE = "pictures", "share"
"""Names of the inputs."""
STAGES = 5
"""The stem, which counts as a stage, and the four stages of blocks."""


@contextmanager
def precision(name: Precision) -> Iterator[None]:
    """Build layers under this policy of Keras: weights are float32 in each, the arithmetic as the name says."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def picture_graph(network: Any, rule: Preprocessing, *, mixing: bool = False) -> Any:
    """Put ``rule``'s normalisation, and mixup if wanted, ahead of a training form, and take its sigmoid away.

    With ``mixing`` a second input, ``share`` float32 [n, 1] in [0, 1], says how much of each picture stays; the rest is
    taken from its neighbour (0 and 1, 2 and 3, …), so that no picture leaves the device that it is on. n is even then.

    Args:
        network: what ``models.resnet50.training_form`` returned. Its last layer loses its sigmoid.
        rule: its preprocessing.
        mixing: whether there is the second input.

    Returns:
        keras.Model: uint8 [n, height, width, 3] (and ``share``) to float32 logits [n, categories].
    """
    import keras
    from keras import ops

    last = network.layers[-1]
    last.activation = keras.activations.linear
    last.dtype_policy = keras.DTypePolicy("float32")
    pictures = keras.Input((rule.height, rule.width, 3), dtype="uint8", name=PICTURES)
    inputs = {PICTURES: pictures}
    x = ops.cast(pictures, "float32")
    if mixing:
        inputs[SHARE] = keras.Input((1,), dtype="float32", name=SHARE)
        x = _mixed(ops, x, inputs[SHARE], rule)
    x = x * ops.convert_to_tensor(rule.scale, "float32") + ops.convert_to_tensor(rule.offset, "float32")
    if rule.channel_order == "bgr":
        x = ops.flip(x, axis=-1)
    body = keras.models.clone_model(network, clone_function=_itself, call_function=_call)
    return keras.Model(inputs, body(x), name=f"{network.name}_pictures")


def _itself(layer: Any) -> Any:
    return layer


def _call(layer: Any, *arguments: Any, **named: Any) -> Any:
    return _largest_of_3x3(*arguments) if layer.name == "pool1_pool" else layer(*arguments, **named)


def _largest_of_3x3(x: Any) -> Any:
    """Return what the 3x3 maximum of stride 2 gives, as maxima of slices.

    XLA has the gradient of a pooling scatter each value to where it came from, which is the slowest step of the network;
    that of a maximum is a comparison. Where two are equal their gradient is shared rather than the first one's, which
    makes no difference here: equal values behind a ReLU are zeros, and it lets nothing through to them.
    """
    from keras import ops

    def largest(x: Any, axis: int) -> Any:
        end = 2 * ((x.shape[axis] - 3) // 2) + 1
        first, second, third = (x[(slice(None),) * axis + (slice(start, start + end, 2),)] for start in range(3))
        return ops.maximum(ops.maximum(first, second), third)

    return largest(largest(x, 1), 2)


def _mixed(ops: Any, x: Any, share: Any, rule: Preprocessing) -> Any:
    pairs = ops.reshape(x, (-1, 2, rule.height, rule.width, 3))
    neighbours = ops.reshape(ops.flip(pairs, axis=1), (-1, rule.height, rule.width, 3))
    kept = ops.reshape(share, (-1, 1, 1, 1))
    return x * kept + neighbours * (1 - kept)


def choose_trainable(network: Any, stages: int, batch_norm: BatchNorm) -> None:
    """Say which weights of a training form may change: those of its head, and of its last ``stages`` stages.

    Args:
        network: a training form.
        stages: 0 for the head alone, 4 for all blocks, 5 for the stem, too.
        batch_norm: "frozen" keeps mean and variance of every batch norm as they are (its scale and shift still learn
            in the chosen stages): right for small data, and faster. "trained" normalises by the batch and updates them.

    The biases of convolutions stay as they are: the batch norm behind each takes a constant away again, or adds its
    own, so that their gradients are zero, or those of the shift once more. They would cost a pass over every output.
    """
    chosen = tuple(f"conv{stage}_" for stage in range(STAGES + 1 - stages, STAGES + 1))
    for layer in network.layers:
        if not layer.name.startswith("conv"):
            continue
        learns = layer.name.startswith(chosen) if chosen else False
        kind = type(layer).__name__
        layer.trainable = learns and not (kind == "BatchNormalization" and batch_norm == "frozen")
        if not learns:
            continue
        if kind == "Conv2D":
            layer.bias.trainable = False
        elif kind == "BatchNormalization":
            layer.gamma.trainable = layer.beta.trainable = True
