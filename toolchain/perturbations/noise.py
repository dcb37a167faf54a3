"""Grain, as of a sensor in poor light."""

import numpy as np
from numpy.typing import NDArray

SUMMARY = "Gaussian noise of this standard deviation, in grey levels, on each channel by itself"
LEVELS = {"sd 5": 5.0, "sd 15": 15.0, "sd 30": 30.0}


def apply(picture: NDArray[np.uint8], level: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Add, round and clip; ``rng`` draws the noise."""
    noise = rng.standard_normal(picture.shape, np.float32)
    return np.clip(np.rint(picture + np.float32(LEVELS[level]) * noise), 0, 255).astype(np.uint8)
