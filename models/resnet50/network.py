"""The weights of the inference form, in numpy."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.resnet50.architecture import Architecture, Shortcuts
from models.resnet50.heads import Affine, Head


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

    @property
    def taps(self) -> tuple[str, ...]:
        """The layers that some head reads statistics of, in the order in which they run."""
        read = {tap.layer for head in self.heads for tap in head.taps}
        return tuple(layer for layer in self.architecture.taps if layer in read)
