"""The neutral pixel: what the normalisation turns into zero, and what rounding must not move.

Pictures enter the first convolution with their mean still in them, so whatever rounding does to its weights is
multiplied by that mean and adds up over 7x7 taps. The sum is known beforehand, and the bias takes it back: a picture
of neutral pixels then gives exactly what it gave before. (A bias correction as in Nagel et al. 2019,
arXiv:1906.04721, section 4.2, with an expectation that needs no data.)
"""

from dataclasses import replace

import numpy as np
from numpy.typing import DTypeLike, NDArray

from models.preprocessing import Preprocessing
from models.resnet50 import Affine, InferenceNetwork


def round_first_to_half(
    network: InferenceNetwork, rule: Preprocessing, half: DTypeLike = np.float16
) -> InferenceNetwork:
    """Return the network with its first convolution at the values of ``half``, even surfaces and neutral pixels kept.

    Each weight takes over what the one before it, of the same channels, left: the errors of a window add up to less
    than half a step, whatever the colour, and what remains is in fine detail, of which pictures have little (error
    diffusion, Floyd and Steinberg 1976). The constant channel takes over what the colours and the bias leave on
    neutral pixels. What float16 does to the other weights is a tenth of what it would do to these.

    Args:
        network: its first convolution reads pixels.
        rule: the preprocessing that says which pixels are neutral.
        half: float16, or bfloat16 (of ml_dtypes).
    """
    first = network.convolutions["conv1"]
    neutral = neutral_pixel(rule)
    taps = first.kernel.reshape(-1, *first.kernel.shape[2:]).astype(np.float64)
    bias = first.bias.astype(half).astype(np.float32)
    colours = _diffused(taps[:, :3], np.zeros_like(taps[0, :3]), half)
    left = (neutral[:3] @ (taps[:, :3] - colours).sum(axis=0) + first.bias - bias) / neutral[3]
    constant = _diffused(taps[:, 3:], left[None], half)
    kernel = np.concatenate([colours, constant], axis=1).reshape(first.kernel.shape).astype(np.float32)
    return replace(network, convolutions={**network.convolutions, "conv1": Affine(kernel, bias)})


def _diffused(taps: NDArray[np.float64], left: NDArray[np.float64], half: DTypeLike) -> NDArray[np.float64]:
    """Return ``taps`` [taps, inputs, outputs] at ``half``'s values, each having taken over what is ``left`` so far.

    The smallest weights, whose steps are the finest, come last.
    """
    rounded = np.empty_like(taps)
    order = np.argsort(-np.abs(taps), axis=0, kind="stable")
    sorted_taps = np.take_along_axis(taps, order, axis=0)
    results = np.empty_like(taps)
    for index, weights in enumerate(sorted_taps):
        results[index] = (weights + left).astype(half)
        left = left + weights - results[index]
    np.put_along_axis(rounded, order, results, axis=0)
    return rounded


def neutral_pixel(rule: Preprocessing) -> NDArray[np.float64]:
    """Return red, green, blue of the pixel that normalises to zero, and the constant 255: float64 [4]."""
    colours = -np.asarray(rule.offset, np.float64) / np.asarray(rule.scale, np.float64)
    return np.array([*colours, 255.0])


def keep_neutral(first: Affine, rule: Preprocessing) -> Affine:
    """Return the rounded first convolution with the bias that lets neutral pixels give what they gave before.

    Args:
        first: kernel [7, 7, 4, outputs] after rounding; before, its weights gave nothing on neutral pixels.
        rule: the preprocessing that says which pixels are neutral.
    """
    on_neutral = np.einsum("hwio,i->o", first.kernel.astype(np.float64), neutral_pixel(rule))
    return Affine(first.kernel, (first.bias - on_neutral).astype(np.float32))
