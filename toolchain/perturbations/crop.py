"""A part of the picture, of its own aspect, from anywhere in it."""

import numpy as np
from numpy.typing import NDArray

SUMMARY = "a part of it with this share of its width and height, from anywhere"
LEVELS = {"90 %": 0.9, "75 %": 0.75, "50 %": 0.5}


def apply(picture: NDArray[np.uint8], level: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Cut; ``rng`` draws where. No side gets shorter than a pixel."""
    height, width = picture.shape[:2]
    rows, columns = max(1, round(LEVELS[level] * height)), max(1, round(LEVELS[level] * width))
    top, left = int(rng.integers(0, height - rows + 1)), int(rng.integers(0, width - columns + 1))
    return picture[top : top + rows, left : left + columns].copy()
