"""ResNet50 v1 (He et al. 2015, arXiv:1512.03385) in the two forms that rct knows, from one description of its blocks.

    model = training_form(RESNET50, labels=("adult",))              # keras.applications' layers, names and weights
    model = inference_form(network)                                 # uint8 pictures in, folded, no dead strides

Both are Keras functional models. The *training form* equals ``keras.applications.ResNet50`` layer by layer, and
takes normalised float32 [n, height, width, 3]. The *inference form* is the same function with nothing to train in
it: exporters.deploy computes its weights, and every format is made from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Strides = Literal["trained", "moved"]
Shortcuts = Literal["added", "joined"]


@dataclass(frozen=True)
class Architecture:
    """What tells one ResNet50 from another.

    ``widths``: channels inside the bottlenecks of each stage (a stage's output has four times as many).
    ``pool_padding``: zeros before and after each side ahead of the 3x3 pooling. ``epsilon``: of the batch norms.
    """

    name: str
    widths: tuple[int, int, int, int]
    pool_padding: tuple[int, int]
    blocks: tuple[int, int, int, int] = (3, 4, 6, 3)
    stem: int = 64
    epsilon: float = 1.001e-5

    def convolutions(self) -> tuple[str, ...]:
        """Return the names of all convolutions, in the order in which they run (53 of them)."""
        names: list[str] = []
        run_body(
            self,
            None,
            Operations(
                convolve=lambda _, name, *__: names.append(name),
                relu=lambda *_: None,
                add=lambda *_: None,
                pool=lambda _: None,
                subsample=lambda *_: None,
                join=lambda *_: None,
            ),
            "trained",
        )
        return tuple(names)


RESNET50 = Architecture("resnet50", widths=(64, 128, 256, 512), pool_padding=(1, 1))
RESNET50_1BY2 = Architecture("resnet50_1by2", widths=(32, 64, 128, 256), pool_padding=(0, 1), epsilon=1e-5)
ARCHITECTURES: Mapping[str, Architecture] = {arch.name: arch for arch in (RESNET50, RESNET50_1BY2)}


@dataclass(frozen=True)
class Affine:
    """A linear map with an offset: ``kernel`` [..., inputs, outputs] and ``bias`` [outputs], float32."""

    kernel: Array
    bias: Array


@dataclass(frozen=True)
class Head:
    """Dense layers from pooled features to logits, with ReLU between them; ``labels`` names the logits."""

    labels: tuple[str, ...]
    layers: tuple[Affine, ...]


@dataclass(frozen=True)
class InferenceNetwork:
    """The weights of the inference form.

    ``convolutions`` maps each of ``architecture.convolutions()`` to its folded kernel [rows, columns, inputs,
    outputs]. The first reads four channels, red, green, blue and a constant 255, with a kernel of 7x7, or those of
    2x2 pixels at once, 16 channels, with one of 4x4. Where shortcuts are joined, there is no ``<block>_0``, and
    ``<block>_3`` reads its channels behind its own. ``height`` and ``width`` are those of the uint8 RGB input, in
    pixels.
    """

    architecture: Architecture
    height: int
    width: int
    convolutions: Mapping[str, Affine]
    heads: tuple[Head, ...]

    @property
    def reads_blocks(self) -> bool:
        """Whether the first convolution reads blocks of 2x2 pixels."""
        return bool(self.convolutions["conv1"].kernel.shape[2] == 16)

    @property
    def shortcuts(self) -> Shortcuts:
        """Whether a stage's first block adds two convolutions, or has one that reads what both of them would."""
        return "added" if "conv2_block1_0" in self.convolutions else "joined"

    def before_relu(self, convolution: str) -> bool:
        """Whether what this convolution gives goes straight into a ReLU, rather than into an addition."""
        block, _, branch = convolution.rpartition("_")
        return branch not in {"0", "3"} or (self.shortcuts == "joined" and block.endswith("_block1"))

    @property
    def labels(self) -> tuple[str, ...]:
        """The categories of all heads, in the order of the scores."""
        return tuple(label for head in self.heads for label in head.labels)


Tensor = Any
"""A tensor of whatever library the operations are of."""
Around = tuple[tuple[int, int], tuple[int, int]]
"""Zeros before and after the rows, and before and after the columns."""


@dataclass(frozen=True)
class Operations:
    """What a body is made of, in one library: Keras for the two forms here, others in the exporters.

    ``relu``, ``add``, ``subsample`` (every second row and column) and ``join`` (the channels of one behind those of the
    other) are told the name of their layer; ``pool`` is the 3x3 maximum of stride 2 after
    ``Architecture.pool_padding``.
    """

    convolve: Callable[[Tensor, str, int, int, int], Tensor]
    """From (x, name, filters, kernel size, stride), batch norm included if the form has one."""
    relu: Callable[[Tensor, str], Tensor]
    add: Callable[[Tensor, Tensor, str], Tensor]
    pool: Callable[[Tensor], Tensor]
    subsample: Callable[[Tensor, str], Tensor]
    join: Callable[[Tensor, Tensor, str], Tensor]


def run_body(
    arch: Architecture, x: Tensor, build: Operations, strides: Strides = "moved", shortcuts: Shortcuts = "added"
) -> Tensor:
    """Run ``build``'s operations over ``x``, from the first convolution to the last ReLU, and return what they return.

    With moved strides, a stage's last block computes only the even positions, the only ones that the next stage's
    strided 1x1 convolutions would read. Joined shortcuts need them: a stage's first block then ends in one 1x1
    convolution over the channels of its main path and, behind them, those that it reads.
    """
    x = build.pool(build.relu(build.convolve(x, "conv1", arch.stem, 7, 2), "conv1_relu"))
    for stage, (width, blocks) in enumerate(zip(arch.widths, arch.blocks, strict=True), start=2):
        for block in range(1, blocks + 1):
            name = f"conv{stage}_block{block}"
            entry = 2 if strides == "trained" and stage > 2 and block == 1 else 1
            inner = 2 if strides == "moved" and stage < 5 and block == blocks else 1
            joined = block == 1 and shortcuts == "joined"
            if block == 1 and not joined:
                shortcut = build.convolve(x, f"{name}_0", 4 * width, 1, entry * inner)
            else:
                shortcut = x if inner == 1 else build.subsample(x, f"{name}_subsample")
            x = build.relu(build.convolve(x, f"{name}_1", width, 1, entry), f"{name}_1_relu")
            x = build.relu(build.convolve(x, f"{name}_2", width, 3, inner), f"{name}_2_relu")
            if joined:
                x = build.convolve(build.join(x, shortcut, f"{name}_join"), f"{name}_3", 4 * width, 1, 1)
            else:
                x = build.add(shortcut, build.convolve(x, f"{name}_3", 4 * width, 1, 1), f"{name}_add")
            x = build.relu(x, f"{name}_out")
    return x


def _keras_builder(arch: Architecture, convolve: Callable[[Tensor, str, int, int, int], Tensor]) -> Operations:
    from keras import layers

    def pool(x: Tensor) -> Tensor:
        x = layers.ZeroPadding2D((arch.pool_padding, arch.pool_padding), name="pool1_pad")(x)
        return layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)

    return Operations(
        convolve=convolve,
        relu=lambda x, name: layers.Activation("relu", name=name)(x),
        add=lambda shortcut, x, name: layers.Add(name=name)([shortcut, x]),
        pool=pool,
        subsample=lambda x, name: layers.MaxPooling2D(1, strides=2, name=name)(x),
        join=lambda x, other, name: layers.Concatenate(name=name)([x, other]),
    )


def training_form(
    arch: Architecture, labels: tuple[str, ...], height: int = 224, width: int = 224, *, dropout: float = 0.0
) -> Any:
    """Build the network that is trained: normalised float32 pictures in, one sigmoid per label out.

    Layer names and weight shapes are those of ``keras.applications.ResNet50(include_top=False)``, so that its
    weights load by name; the head is ``avg_pool`` and a Dense layer ``scores``.

    Returns:
        keras.Model: float32 [n, height, width, 3] to float32 [n, len(labels)] in [0, 1], freshly initialised.
    """
    import keras
    from keras import layers

    def convolve(x: Any, name: str, filters: int, kernel: int, stride: int) -> Any:
        if name == "conv1":
            x = layers.ZeroPadding2D(3, name="conv1_pad")(x)
        padding = "same" if kernel == 3 else "valid"
        x = layers.Conv2D(filters, kernel, strides=stride, padding=padding, name=f"{name}_conv")(x)
        return layers.BatchNormalization(epsilon=arch.epsilon, name=f"{name}_bn")(x)

    image = keras.Input((height, width, 3), name="image")
    x = run_body(arch, image, _keras_builder(arch, convolve), "trained")
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    if dropout:
        x = layers.Dropout(dropout, name="dropout")(x)
    scores = layers.Dense(len(labels), activation="sigmoid", name="scores")(x)
    return keras.Model(image, scores, name=arch.name)


def inference_form(
    network: InferenceNetwork, strides: Strides = "moved", after: Callable[[Tensor, str], Tensor] | None = None
) -> Any:
    """Build the network that ships, with its weights: uint8 RGB pictures in, scores out.

    A constant fourth channel of 255 carries the mean that the first convolution takes away (see exporters.deploy).
    With ``strides="trained"`` the strides stay where they were trained, to show that moving them changes nothing.
    ``after(x, layer)`` may replace the output of every ReLU and of every convolution that has none behind it; what
    it returns is what the next layers read.

    Returns:
        keras.Model: uint8 [n, height, width, 3] to float32 [n, len(network.labels)] in [0, 1].
    """
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
    x = run_body(arch, x, replace(_keras_builder(arch, convolve), relu=relu), strides, network.shortcuts)
    features = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    logits = [_head(layers, features, head, f"head{i}") for i, head in enumerate(network.heads)]
    joined = logits[0] if len(logits) == 1 else layers.Concatenate(name="logits")(logits)
    return keras.Model(image, layers.Activation("sigmoid", name="scores")(joined), name=f"{arch.name}_inference")


def _blocks_to_channels(ops: Any, x: Tensor, rows: int, columns: int) -> Tensor:
    """Gather each block of 2x2 pixels into one of four times the channels, row by row (TensorFlow's space_to_depth)."""
    x = ops.reshape(x, (-1, rows, 2, columns, 2, 4))
    return ops.reshape(ops.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, rows, columns, 16))


def zeros_around(kernel: int, stride: int, rows: int, columns: int) -> Around:
    """Return the padding that centres a window of the inference form on every position, or on the even ones.

    Args:
        kernel: side of the window: 1, 3, 7, or 4 for one that reads blocks (of which it reads two before, one after).
        stride: 1, or 2 for the even positions.
        rows: height of what is read.
        columns: width of it.
    """
    before = kernel // 2

    def after(side: int) -> int:
        return (kernel - 1) // 2 if stride == 1 or kernel == 1 else before - 1 + side % 2

    return ((before, after(rows)), (before, after(columns)))


def _head(layers: Any, features: Any, head: Head, name: str) -> Tensor:
    x = features
    for index, affine in enumerate(head.layers):
        last = index == len(head.layers) - 1
        layer = layers.Dense(affine.bias.size, activation=None if last else "relu", name=f"{name}_dense{index}")
        x = layer(x)
        layer.set_weights([affine.kernel, affine.bias])
    return x
