"""Mirrored."""

import numpy as np
from numpy.typing import NDArray

SUMMARY = "mirrored left to right, or upside down"
LEVELS = {"horizontal": 1, "vertical": 0}


def apply(picture: NDArray[np.uint8], level: str, rng: np.random.Generator) -> NDArray[np.uint8]:  # noqa: ARG001
    """Mirror along the axis; nothing is drawn."""
    return np.flip(picture, LEVELS[level]).copy()
