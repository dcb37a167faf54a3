"""The neutral pixel: what the normalisation turns into zero, and what rounding must not move.

Pictures enter the first convolution with their mean still in them, so whatever rounding does to its weights is
multiplied by that mean and adds up over 7x7 taps. The sum is known beforehand, and the bias takes it back: a picture
of neutral pixels then gives exactly what it gave before. (A bias correction as in Nagel et al. 2019,
arXiv:1906.04721, section 4.2, with an expectation that needs no data.)
"""

import numpy as np
from numpy.typing import NDArray

from models.preprocessing import Preprocessing

FIRST_CONVOLUTION = "conv1_conv"


def neutral_pixel(rule: Preprocessing) -> NDArray[np.float64]:
    """Return red, green, blue and the constant 255 of the pixel that normalises to zero, float64 [4]."""
    colours = -np.asarray(rule.offset, np.float64) / np.asarray(rule.scale, np.float64)
    return np.array([*colours, 255.0])


def neutral_bias(
    bias: NDArray[np.floating], rounded: NDArray[np.floating], neutral: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the bias with which the rounded first convolution gives ``bias`` on neutral pixels, as it did before.

    Args:
        bias: of the convolution before rounding, [outputs]; its weights gave nothing on neutral pixels.
        rounded: the kernel after rounding, in real units, OIHW with 4 inputs, or 16 for blocks of 2x2 pixels.
        neutral: what ``neutral_pixel`` returned.
    """
    pixels = np.tile(neutral, rounded.shape[1] // len(neutral))
    return np.asarray(bias - np.einsum("oihw,i->o", rounded.astype(np.float64), pixels))
