"""Squeezed in one direction: what a client does that forces pictures into a box."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SUMMARY = "width or height reduced to this part (bilinear)"
LEVELS = {"4/5": 4 / 5, "2/3": 2 / 3, "1/2": 1 / 2}


def apply(picture: NDArray[np.uint8], level: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Squeeze; ``rng`` draws which side. No side gets shorter than a pixel."""
    size = [picture.shape[1], picture.shape[0]]
    side = int(rng.integers(0, 2))
    size[side] = max(1, round(LEVELS[level] * size[side]))
    return np.array(Image.fromarray(picture).resize((size[0], size[1]), Image.Resampling.BILINEAR), np.uint8)
