"""Exact rescaling of channels, so that the 256 levels of a tensor serve all of its channels alike.

A positive factor per channel passes through a ReLU and through an addition: what a convolution writes may be divided
by it if all that read the channel multiply by it (Nagel et al. 2019, arXiv:1906.04721; Meller et al. 2019,
arXiv:1902.01917). Inside a block that is one convolution and the next. A stage's residual stream is written by every
block's last convolution and the first shortcut, and read by every following block, the next stage and the head: its
channels keep one factor from beginning to end. A head multiplies by it where it reads them: in its first kernel, or in
the statistics that it takes.

How far a channel has to reach is not taken from its largest value, but from what cutting it off would do to the
logits (exporters.quantization.reach).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exporters.quantization.reach import LIMITS, Reach
from models.resnet50 import Affine, Architecture, Head, InferenceNetwork

STRENGTH = 0.5
"""0 leaves the channels as they are, 1 makes their largest values equal. In between, the weights that read them, and
have to make up for it, lose less than the activations gain."""
FLOOR = 1 / 64
"""The smallest factor: a channel that is nearly always zero is not blown up."""


@dataclass(frozen=True)
class Stream:
    """Channels that share their factors: the layers they can be seen at, their writers and their readers.

    ``writers`` and ``readers`` are names of convolutions; ``tap`` is the layer that heads can read the stream at.
    """

    seen: tuple[str, ...]
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    tap: str = ""


def streams(arch: Architecture) -> Iterator[Stream]:
    """Yield every tensor after a ReLU; the residual stream of a stage, and all that is added to it, as one."""
    stem, *ends = arch.taps
    yield Stream(("conv1_relu",), ("conv1",), ("conv2_block1_0", "conv2_block1_1"), stem)
    for stage, (blocks, end) in enumerate(zip(arch.blocks, ends, strict=True), start=2):
        names = [f"conv{stage}_block{block}" for block in range(1, blocks + 1)]
        for name in names:
            for branch in (1, 2):
                yield Stream((f"{name}_{branch}_relu",), (f"{name}_{branch}",), (f"{name}_{branch + 1}",))
        writers = (f"{names[0]}_0", *(f"{name}_3" for name in names))
        after = () if stage == 5 else (f"conv{stage + 1}_block1_0", f"conv{stage + 1}_block1_1")
        yield Stream(
            seen=(*(f"{name}_out" for name in names), *(f"{name}_conv" for name in writers)),
            writers=writers,
            readers=(*(f"{name}_1" for name in names[1:]), *after),
            tap=end,
        )


def equalize(network: InferenceNetwork, reaches: Mapping[str, Reach], strength: float = STRENGTH) -> InferenceNetwork:
    """Return a network of the same function whose channels reach more alike.

    Args:
        network: with added shortcuts.
        reaches: of every layer that will be quantized, by name; layers that will not be are left out.
        strength: how much more alike.
    """
    for stream in streams(network.architecture):
        seen = [reaches[name] for name in stream.seen if name in reaches]
        network = rescale(network, stream, channel_factors(_best_limits(seen), strength))
    return network


def _best_limits(seen: Sequence[Reach]) -> NDArray[np.float64]:
    """Return, per channel, the largest value that is worth representing in all of the tensors, [channels]."""
    tried = LIMITS[:, None] * np.max([reach.peaks for reach in seen], axis=0)
    errors = np.sum([reach.errors(tried) for reach in seen], axis=0)
    return np.asarray(np.take_along_axis(tried, errors.argmin(axis=0)[None], axis=0)[0])


def channel_factors(peaks: NDArray[np.float64], strength: float) -> NDArray[np.float64]:
    """Return the factor to divide each channel by, in [FLOOR, 1], from how far each should reach, [channels]."""
    largest = peaks.max()
    if largest <= 0:
        return np.ones_like(peaks)
    return np.asarray(np.maximum((peaks / largest) ** strength, FLOOR))


def rescale(network: InferenceNetwork, stream: Stream, factors: NDArray[np.float64]) -> InferenceNetwork:
    """Return the network with the stream's channels divided by ``factors`` [channels], and its function as it was."""
    convolutions: dict[str, Affine] = dict(network.convolutions)
    for name in stream.writers:
        affine = convolutions[name]
        convolutions[name] = _affine(affine.kernel / factors, affine.bias / factors)
    for name in stream.readers:
        affine = convolutions[name]
        convolutions[name] = _affine(affine.kernel * factors[:, None], affine.bias)
    heads = tuple(_rescaled_head(head, stream.tap, factors, network.architecture.taps[-1]) for head in network.heads)
    return replace(network, convolutions=convolutions, heads=heads)


def _rescaled_head(head: Head, tap: str, factors: NDArray[np.float64], end: str) -> Head:
    """Return the head for channels divided by ``factors`` at the layer ``tap``; ``end`` is what plain heads read."""
    if head.taps:
        scaled = (
            replace(read, scale=(read.scale * factors).astype(np.float32)) if read.layer == tap else read
            for read in head.taps
        )
        return replace(head, taps=tuple(scaled))
    if tap != end:
        return head
    first = head.layers[0]
    return replace(head, layers=(_affine(first.kernel * factors[:, None], first.bias), *head.layers[1:]))


def _affine(kernel: NDArray[np.floating], bias: NDArray[np.floating]) -> Affine:
    return Affine(kernel.astype(np.float32), bias.astype(np.float32))
