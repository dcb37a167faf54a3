"""Exact rescaling of channels, so that the 256 levels of a tensor serve all of its channels alike.

A positive factor per channel passes through a ReLU and through an addition: what a convolution writes may be divided
by it if all that read the channel multiply by it (Nagel et al. 2019, arXiv:1906.04721; Meller et al. 2019,
arXiv:1902.01917). Inside a block that is one convolution and the next. A stage's residual stream is written by every
block's last convolution and the first shortcut, and read by every following block, the next stage and the head: its
channels keep one factor from beginning to end. What is written is quantized too, before the addition and the ReLU: a
channel that the ReLU mostly cuts off may still be written with large negative values, and counts as large.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exporters.quantization.observe import layer_outputs
from models.resnet50 import Affine, Architecture, Head, InferenceNetwork

STRENGTH = 0.5
"""0 leaves the channels as they are, 1 makes their largest values equal. In between, the weights that read them, and
have to make up for it, lose less than the activations gain."""
FLOOR = 1 / 64
"""The smallest factor: a channel that is nearly always zero is not blown up."""


@dataclass(frozen=True)
class Stream:
    """Channels that share their factors: the layers they can be seen at, their writers and their readers.

    ``writers`` and ``readers`` are names of convolutions; a stream that the head reads has no other ``readers`` after.
    """

    seen: tuple[str, ...]
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    head: bool = False


def streams(arch: Architecture) -> Iterator[Stream]:
    """Yield every tensor after a ReLU; the residual stream of a stage, and all that is added to it, as one."""
    yield Stream(("conv1_relu",), ("conv1",), ("conv2_block1_0", "conv2_block1_1"))
    for stage, blocks in enumerate(arch.blocks, start=2):
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
            head=stage == 5,
        )


def equalize(
    network: InferenceNetwork, batches: Iterable[NDArray[np.uint8]], strength: float = STRENGTH
) -> InferenceNetwork:
    """Return a network of the same function whose channels, over the calibration pictures, reach more alike."""
    found = list(streams(network.architecture))
    peaks = _peaks(network, batches, [name for stream in found for name in stream.seen])
    for stream in found:
        peak = np.max([peaks[name] for name in stream.seen], axis=0)
        network = rescale(network, stream, channel_factors(peak, strength))
    return network


def channel_factors(peaks: NDArray[np.float64], strength: float) -> NDArray[np.float64]:
    """Return the factor to divide each channel by, in [FLOOR, 1], from the largest values reached, [channels]."""
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
    heads = tuple(_rescaled_head(head, factors) for head in network.heads) if stream.head else network.heads
    return replace(network, convolutions=convolutions, heads=heads)


def _rescaled_head(head: Head, factors: NDArray[np.float64]) -> Head:
    first = head.layers[0]
    return replace(head, layers=(_affine(first.kernel * factors[:, None], first.bias), *head.layers[1:]))


def _affine(kernel: NDArray[np.floating], bias: NDArray[np.floating]) -> Affine:
    return Affine(kernel.astype(np.float32), bias.astype(np.float32))


def _peaks(
    network: InferenceNetwork, batches: Iterable[NDArray[np.uint8]], layers: list[str]
) -> Mapping[str, NDArray[np.float64]]:
    """Return, for each layer and channel, the mean over pictures of the largest absolute value in the picture."""
    run = layer_outputs(network, layers)
    sums: dict[str, NDArray[np.float64]] = {}
    count = 0
    for batch in batches:
        count += len(batch)
        for name, values in zip(layers, run(batch), strict=True):
            sums[name] = sums.get(name, 0.0) + np.abs(values).max(axis=(1, 2)).sum(axis=0, dtype=np.float64)
    return {name: total / count for name, total in sums.items()}
