"""Made small and brought back to its size: detail is lost, as in a thumbnail that somebody enlarged."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SUMMARY = "reduced to this part of its width and height (area average) and enlarged again (bicubic)"
LEVELS = {"1/2": 2, "1/4": 4, "1/8": 8}


def apply(picture: NDArray[np.uint8], level: str, rng: np.random.Generator) -> NDArray[np.uint8]:  # noqa: ARG001
    """Reduce and enlarge; no side gets shorter than a pixel, nothing is drawn."""
    height, width = picture.shape[:2]
    small = (max(1, round(width / LEVELS[level])), max(1, round(height / LEVELS[level])))
    reduced = Image.fromarray(picture).resize(small, Image.Resampling.BOX)
    return np.array(reduced.resize((width, height), Image.Resampling.BICUBIC), np.uint8)
