"""Out of focus."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

SUMMARY = "Gaussian blur whose standard deviation is this share of the shorter side"
LEVELS = {"0.3 %": 0.003, "1 %": 0.01, "2 %": 0.02}


def apply(picture: NDArray[np.uint8], level: str, rng: np.random.Generator) -> NDArray[np.uint8]:  # noqa: ARG001
    """Blur (Pillow's three box filters); nothing is drawn."""
    radius = LEVELS[level] * min(picture.shape[:2])
    return np.array(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius)), np.uint8)
