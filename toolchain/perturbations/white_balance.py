"""A colour cast, as lamplight, shade and old prints give."""

import numpy as np
from numpy.typing import NDArray

SUMMARY = "red and blue multiplied apart: warm is more red and less blue, cool the other way round"
LEVELS = {"warm": (1.15, 0.85), "cool": (0.85, 1.15)}


def apply(picture: NDArray[np.uint8], level: str, rng: np.random.Generator) -> NDArray[np.uint8]:  # noqa: ARG001
    """Scale the two channels, round and clip; nothing is drawn."""
    red, blue = LEVELS[level]
    scaled = picture * np.array([red, 1.0, blue], np.float32)
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
