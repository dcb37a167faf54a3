"""Turned: a little, as a hand holds a camera, or by quarters, as when the orientation of a file is lost."""

from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SUMMARY = "turned by this angle, in degrees; of small angles only what is inside the turned picture is kept"
LEVELS = {"3": 3, "10": 10, "90": 90, "180": 180, "270": 270}


def apply(picture: NDArray[np.uint8], level: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Turn counter-clockwise; ``rng`` draws the direction of the small angles. There are no empty corners."""
    angle = LEVELS[level]
    if angle % 90 == 0:
        return np.rot90(picture, angle // 90).copy()
    sign = 1 if rng.integers(0, 2) else -1
    turned = np.asarray(Image.fromarray(picture).rotate(sign * angle, Image.Resampling.BILINEAR, expand=False))
    height, width = picture.shape[:2]
    rows, columns = _inside(height, width, radians(angle))
    top, left = (height - rows) // 2, (width - columns) // 2
    return turned[top : top + rows, left : left + columns].astype(np.uint8)


def _inside(height: int, width: int, angle: float) -> tuple[int, int]:
    """Return the sides of the largest box of the picture's own aspect inside the turned picture, 1 at least.

    A box of ``s * width`` by ``s * height`` about the centre, turned back by the angle, has the extents
    ``s * (w cos + h sin)`` and ``s * (h cos + w sin)``, which must not be more than w and h. A pixel less on each
    side keeps the interpolation inside.
    """
    share = min(width / (width * cos(angle) + height * sin(angle)), height / (height * cos(angle) + width * sin(angle)))
    return max(1, int(share * height) - 2), max(1, int(share * width) - 2)
