"""The first convolution in the form that LiteRT's kernels like best; each form is exact.

The inference graph has a constant channel of 255 for the mean that it takes away. In floating point, taking the mean
from the pixels costs less than a fourth channel does. In integers the channel stays, but two neighbouring columns
are read at once, as eight channels, which is what a dot-product instruction takes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exporters.quantization.neutral import neutral_pixel
from models.preprocessing import Preprocessing
from models.resnet50 import InferenceNetwork

Array = NDArray[np.float32]
CHANNELS = 4
"""Channels of a pixel: red, green, blue, and the constant."""


@dataclass(frozen=True)
class FirstConvolution:
    """A convolution that computes what ``conv1`` does, from pixels in another arrangement.

    ``kernel``: [rows, columns, inputs, outputs]; ``bias``: [outputs]; ``reads``: height, width and channels of what it
    reads; ``pads``: zeros before and after the rows, and the columns, of that; ``strides``: of rows and columns.
    """

    kernel: Array
    bias: Array
    reads: tuple[int, int, int]
    pads: tuple[tuple[int, int], tuple[int, int]]
    strides: tuple[int, int]


def plain(network: InferenceNetwork) -> FirstConvolution:
    """Return the first convolution as it is: it reads red, green, blue and 255.

    Raises:
        ValueError: the network reads blocks.
    """
    if network.reads_blocks:
        raise ValueError("the first convolution must read pixels, not blocks")
    first = network.convolutions["conv1"]
    return FirstConvolution(
        first.kernel,
        first.bias,
        (network.height, network.width, CHANNELS),
        (_around(network.height), _around(network.width)),
        (2, 2),
    )


def centred(network: InferenceNetwork, rule: Preprocessing) -> FirstConvolution:
    """Return the form for pixels from which the neutral pixel was taken away, red, green and blue.

    With ``n`` the neutral pixel, ``w . p + c * 255`` is ``w . (p - n) + (w . n + c * 255)``: the bracket is nothing
    for trained weights, and what rounding made of it goes into the bias.
    """
    first = plain(network)
    neutral = neutral_pixel(rule)
    left_over = np.einsum("hwio,i->o", first.kernel.astype(np.float64), neutral)
    return FirstConvolution(
        np.ascontiguousarray(first.kernel[:, :, :3]),
        (first.bias + left_over).astype(np.float32),
        (network.height, network.width, 3),
        first.pads,
        first.strides,
    )


def paired(network: InferenceNetwork) -> FirstConvolution:
    """Return the form for pairs of columns: the colours of the left pixel, of the right one, and 255 twice.

    A column of zeros in front makes the kernel eight columns wide, which are four pairs; a pair lies wholly inside the
    picture or wholly beside it, as its constants do.

    Raises:
        ValueError: the width is odd.
    """
    if network.width % 2:
        raise ValueError(f"pairs of columns need an even width (got {network.width})")
    first = plain(network)
    wide = np.pad(first.kernel, ((0, 0), (1, 0), (0, 0), (0, 0)))
    rows, _, _, outputs = wide.shape
    pairs = wide.reshape(rows, 4, 2, CHANNELS, outputs)
    colours = pairs[:, :, :, :3].reshape(rows, 4, 6, outputs)
    return FirstConvolution(
        np.concatenate([colours, pairs[:, :, :, 3]], axis=2),
        first.bias,
        (network.height, network.width // 2, 2 * CHANNELS),
        (first.pads[0], (2, 1)),
        (2, 1),
    )


def _around(side: int) -> tuple[int, int]:
    """Zeros before and after, for a window of 7 and stride 2 that is centred on the even positions."""
    return (3, 2 + side % 2)
