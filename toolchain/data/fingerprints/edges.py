"""What the edge of a picture is like, in twelve numbers: a border gives away where a picture came from."""

import numpy as np
from numpy.typing import NDArray

EDGES = tuple(
    f"{what} at the {side}"
    for side in ("top", "bottom", "left", "right")
    for what in ("brightness", "unevenness", "white")
)
"""The numbers' names: mean and standard deviation over 255, and the share of pixels that are white (250 or more)."""

_SHARE = 50
_WHITE = 250


def read_edges(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return float32 [12], in [0, 1], of the outermost fiftieth (one pixel at least) of uint8 [height, width]."""
    height, width = grey.shape
    tall, wide = max(1, height // _SHARE), max(1, width // _SHARE)
    strips = grey[:tall], grey[-tall:], grey[:, :wide], grey[:, -wide:]
    numbers = [(strip.mean() / 255, strip.std() / 255, (strip >= _WHITE).mean()) for strip in strips]
    return np.array(numbers, np.float32).ravel()
