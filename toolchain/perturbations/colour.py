"""Less or more colour, down to none."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

SUMMARY = "distance of each pixel from its own grey multiplied by this factor; 0 is a grey picture"
LEVELS = {"grey": 0.0, "x 0.5": 0.5, "x 2": 2.0}


def apply(picture: NDArray[np.uint8], level: str, rng: np.random.Generator) -> NDArray[np.uint8]:  # noqa: ARG001
    """Scale and clip; nothing is drawn."""
    return np.array(ImageEnhance.Color(Image.fromarray(picture)).enhance(LEVELS[level]), np.uint8)
