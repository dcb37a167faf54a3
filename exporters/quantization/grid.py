"""The grid that weights lie on: symmetric, one scale per output channel, the largest weight at the last level.

Because every channel keeps an element at the last level, a quantizer that looks at the rounded weights later finds
the same scale, and so the same levels: rounding is decided once, here, for every format.
"""

import numpy as np
from numpy.typing import NDArray


def weight_scales(kernel: NDArray[np.floating], limit: int = 127) -> NDArray[np.float64]:
    """Return one scale per output channel of a kernel [..., outputs]: its largest absolute weight is ``limit`` levels.

    A channel without weights gets scale 1.
    """
    largest = np.abs(kernel).reshape(-1, kernel.shape[-1]).max(axis=0).astype(np.float64)
    return np.where(largest > 0, largest / limit, 1.0)


def round_to_nearest(kernel: NDArray[np.floating], limit: int = 127) -> NDArray[np.float32]:
    """Return the kernel [..., outputs] with every weight at its nearest level, still in real units."""
    scales = weight_scales(kernel, limit)
    return (np.clip(np.rint(kernel / scales), -limit, limit) * scales).astype(np.float32)
