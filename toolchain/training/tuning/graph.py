"""The graph that is trained: uint8 pictures in, logits out, everything between on the device.

    network = training_form(RESNET50, ("adult", "violence"))
    graph = picture_graph(network, rule, "mixed_float16", mixing=True)
    graph.choose_trainable(stages=2, batch_norm="frozen")
    graph.model.compile(optimizer, loss=masked_cross_entropy)
    ...
    graph.give_back(network)

A batch travels as bytes, a quarter of what float32 would be; normalisation and mixup happen where the network is.
"""

from dataclasses import dataclass
from typing import Any, Literal

from models.preprocessing import Preprocessing

Precision = Literal["float32", "mixed_float16", "mixed_bfloat16"]
BatchNorm = Literal["frozen", "trained"]
PICTURES, SHARE = "pictures", "share"
"""Names of the inputs."""
STAGES = 5
"""The four stages of blocks, and the stem before them."""


@dataclass(frozen=True, eq=False)
class PictureGraph:
    """``model`` is what is trained, a ``keras.Model``; ``body`` is the network in it, from normalised pictures on."""

    model: Any
    body: Any

    def choose_trainable(self, stages: int, batch_norm: BatchNorm) -> None:
        """Say which weights may change: those of the head, and of the last ``stages`` stages.

        The biases of convolutions stay as they are: the batch norm behind each takes a constant away again, or adds
        its own, so that their gradients are zero, or those of its shift once more. They would cost a pass over every
        convolution's output.

        Args:
            stages: 0 for the head alone, 4 for all blocks, 5 for the stem, too.
            batch_norm: "frozen" keeps mean and variance of every batch norm as they are (its scale and shift still
                learn in the chosen stages): right for small data, and faster. "trained" normalises by the batch and
                updates them.
        """
        chosen = tuple(f"conv{stage}_" for stage in range(STAGES + 1 - stages, STAGES + 1))
        for layer in self.body.layers:
            if not layer.name.startswith("conv"):
                continue
            learns = layer.name.startswith(chosen) if chosen else False
            kind = type(layer).__name__
            layer.trainable = learns and not (kind == "BatchNormalization" and batch_norm == "frozen")
            if kind == "Conv2D":
                layer.bias.trainable = False
            elif kind == "BatchNormalization":
                layer.gamma.trainable = layer.beta.trainable = learns

    def give_back(self, network: Any) -> None:
        """Give the weights to the training form that the graph was made from."""
        network.set_weights(self.body.get_weights())


def picture_graph(network: Any, rule: Preprocessing, precision: Precision, *, mixing: bool = False) -> PictureGraph:
    """Copy a training form, and put ``rule``'s normalisation, and mixup if wanted, ahead of it.

    With ``mixing`` a second input, ``share`` float32 [n, 1] in [0, 1], says how much of each picture stays; the rest is
    taken from its neighbour (0 and 1, 2 and 3, …), so that no picture leaves the device that it is on. n is even then.

    Args:
        network: what ``models.resnet50.training_form`` returned; it stays as it is.
        rule: its preprocessing.
        precision: how the backbone computes; weights, statistics and head are float32 in each.
        mixing: whether there is the second input.

    Returns:
        PictureGraph: uint8 [n, height, width, 3] (and ``share``) to float32 logits [n, categories].
    """
    import keras
    from keras import ops

    body = _body(network, precision)
    pictures = keras.Input((rule.height, rule.width, 3), dtype="uint8", name=PICTURES)
    inputs = {PICTURES: pictures}
    x = ops.cast(pictures, "float32")
    if mixing:
        inputs[SHARE] = keras.Input((1,), dtype="float32", name=SHARE)
        x = _mixed(ops, x, inputs[SHARE], rule)
    x = x * ops.convert_to_tensor(rule.scale, "float32") + ops.convert_to_tensor(rule.offset, "float32")
    if rule.channel_order == "bgr":
        x = ops.flip(x, axis=-1)
    return PictureGraph(keras.Model(inputs, body(x), name=f"{network.name}_pictures"), body)


def _mixed(ops: Any, x: Any, share: Any, rule: Preprocessing) -> Any:
    pairs = ops.reshape(x, (-1, 2, rule.height, rule.width, 3))
    neighbours = ops.reshape(ops.flip(pairs, axis=1), (-1, rule.height, rule.width, 3))
    kept = ops.reshape(share, (-1, 1, 1, 1))
    return x * kept + neighbours * (1 - kept)


def _body(network: Any, precision: Precision) -> Any:
    """Copy a training form with its weights; the copy gives logits, and its backbone computes in ``precision``."""
    import keras

    last = network.layers[-1].name

    def copied(layer: Any) -> Any:
        config = layer.get_config()
        if layer.name.startswith(("conv", "pool1")):
            config["dtype"] = precision
        if layer.name == last:
            config["activation"] = "linear"
        return type(layer).from_config(config)

    def called(layer: Any, *arguments: Any, **named: Any) -> Any:
        return _largest_of_3x3(*arguments) if layer.name == "pool1_pool" else layer(*arguments, **named)

    body = keras.models.clone_model(network, clone_function=copied, call_function=called)
    body.set_weights(network.get_weights())
    return body


def _largest_of_3x3(x: Any) -> Any:
    """Return what the 3x3 maximum of stride 2 gives, as maxima of slices.

    XLA has the gradient of a pooling scatter each value to where it came from; that of a maximum is a comparison,
    several times faster on this large tensor. Where two are equal, their gradient is shared rather than the first's. It
    makes no difference here: equal values behind a ReLU are zeros, and it lets nothing through to them.
    """
    from keras import ops

    def largest(x: Any, axis: int) -> Any:
        end = 2 * ((x.shape[axis] - 3) // 2) + 1
        first, second, third = (x[(slice(None),) * axis + (slice(start, start + end, 2),)] for start in range(3))
        return ops.maximum(ops.maximum(first, second), third)

    return largest(largest(x, 1), 2)


def compiled() -> bool:
    """Return whether Keras is to have a step compiled by XLA: on JAX.

    TensorFlow's own kernels are as fast on a GPU and faster on a processor, and start at once.
    """
    import keras

    return bool(keras.backend.backend() == "jax")
