"""Brought to the size of a thumbnail by another filter than the classifier's own, as another client would."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SUMMARY = "brought to 256 pixels on its shorter side by this filter, before the classifier resizes it"
LEVELS = {name: Image.Resampling[name.upper()] for name in ("nearest", "box", "bilinear", "bicubic", "lanczos")}
_SHORTER = 256
_LONGEST = 4096


def apply(picture: NDArray[np.uint8], level: str, rng: np.random.Generator) -> NDArray[np.uint8]:  # noqa: ARG001
    """Resize, keeping the aspect (up to a longer side of 4096); nothing is drawn."""
    height, width = picture.shape[:2]
    scale = _SHORTER / min(width, height)
    size = (_side(width, scale), _side(height, scale))
    return np.array(Image.fromarray(picture).resize(size, LEVELS[level]), np.uint8)


def _side(pixels: int, scale: float) -> int:
    return min(_LONGEST, round(pixels * scale))
