"""The neutral pixel: what the normalisation turns into zero, and what rounding must not move.

Pictures enter the first convolution with their mean still in them, so whatever rounding does to its weights is
multiplied by that mean and adds up over 7x7 taps. The sum is known beforehand, and the bias takes it back: a picture
of neutral pixels then gives exactly what it gave before. (A bias correction as in Nagel et al. 2019,
arXiv:1906.04721, section 4.2, with an expectation that needs no data.)
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.preprocessing import Preprocessing
from models.resnet50 import Affine, InferenceNetwork


def round_first_to_half(network: InferenceNetwork, rule: Preprocessing) -> InferenceNetwork:
    """Return the network with the weights of its first convolution at float16's values, neutral pixels kept.

    What float16 does to the other weights is a tenth of what it does to these.
    """
    first = network.convolutions["conv1"]
    rounded = Affine(first.kernel.astype(np.float16).astype(np.float32), first.bias)
    return replace(network, convolutions={**network.convolutions, "conv1": keep_neutral(rounded, rule)})


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
