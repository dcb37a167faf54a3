"""Joined shortcuts: where a stage's first block adds two 1x1 convolutions, one that reads what both of them would.

``W h + V x`` is ``[W V] [h; x]``: as many multiplications, no addition, and two tensors less to round to 8 bits: those
in front of the addition, which cost more than all others. Exact, and the same function. What is joined has to have
one range, so that joining moves bytes and does nothing else: the main path inside a block can be scaled to that of
the shortcut, for nothing but this convolution reads it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from exporters.quantization.ranges import Range
from models.resnet50 import Affine, Architecture, InferenceNetwork


def join_shortcuts(network: InferenceNetwork) -> InferenceNetwork:
    """Return the network with joined shortcuts: kernels [1, 1, main + shortcut, outputs]."""
    convolutions = dict(network.convolutions)
    for block, _ in _joints(network.architecture):
        main, shortcut = convolutions[f"{block}_3"], convolutions.pop(f"{block}_0")
        kernel = np.concatenate([main.kernel, shortcut.kernel], axis=2)
        convolutions[f"{block}_3"] = Affine(kernel, main.bias + shortcut.bias)
    return replace(network, convolutions=convolutions)


def align(network: InferenceNetwork, ranges: Mapping[str, Range]) -> tuple[InferenceNetwork, dict[str, Range]]:
    """Return a network of the same function, and its ranges, in which whatever is joined has one range.

    Args:
        network: with joined shortcuts.
        ranges: of its ``quantized_layers``.
    """
    convolutions, aligned = dict(network.convolutions), dict(ranges)
    for block, shortcut in _joints(network.architecture):
        factor = ranges[f"{block}_2_relu"][1] / (ranges[shortcut][1] or 1.0) or 1.0
        writer, reader = convolutions[f"{block}_2"], convolutions[f"{block}_3"]
        kernel = reader.kernel.copy()
        kernel[:, :, : writer.bias.size] *= np.float32(factor)
        convolutions[f"{block}_3"] = Affine(kernel, reader.bias)
        convolutions[f"{block}_2"] = Affine(writer.kernel / np.float32(factor), writer.bias / np.float32(factor))
        aligned[f"{block}_2_relu"] = aligned[shortcut]
    return replace(network, convolutions=convolutions), aligned


def _joints(arch: Architecture) -> Iterator[tuple[str, str]]:
    """Yield each stage's first block, and the layer whose range its shortcut has."""
    before = "conv1_relu"
    for stage, blocks in enumerate(arch.blocks, start=2):
        yield f"conv{stage}_block1", before
        before = f"conv{stage}_block{blocks}_out"
