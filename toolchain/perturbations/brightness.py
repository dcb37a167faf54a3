"""Darker or brighter, as exposure and display make it."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

SUMMARY = "every value multiplied by this factor"
LEVELS = {"x 0.5": 0.5, "x 0.75": 0.75, "x 1.33": 4 / 3, "x 2": 2.0}


def apply(picture: NDArray[np.uint8], level: str, rng: np.random.Generator) -> NDArray[np.uint8]:  # noqa: ARG001
    """Scale and clip; nothing is drawn."""
    return np.array(ImageEnhance.Brightness(Image.fromarray(picture)).enhance(LEVELS[level]), np.uint8)
