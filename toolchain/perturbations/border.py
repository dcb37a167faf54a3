"""A frame around the picture: white and black ones come with screenshots and letterboxes."""

import numpy as np
from numpy.typing import NDArray

SUMMARY = "a frame of this colour, on each side of this share of the shorter side"
LEVELS = {
    "white 5 %": ("white", 0.05),
    "white 15 %": ("white", 0.15),
    "black 5 %": ("black", 0.05),
    "black 15 %": ("black", 0.15),
    "any colour 10 %": ("any", 0.10),
    "letterbox 15 %": ("letterbox", 0.15),
}
_COLOURS = {"white": (255, 255, 255), "black": (0, 0, 0), "letterbox": (0, 0, 0)}


def apply(picture: NDArray[np.uint8], level: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Lay the picture on a larger canvas; a letterbox has black bars above and below only.

    ``rng`` draws the colour of "any colour".
    """
    kind, share = LEVELS[level]
    height, width = picture.shape[:2]
    across = down = max(1, round(share * min(height, width)))
    if kind == "letterbox":
        across = 0
    colour = _COLOURS.get(kind) or rng.integers(0, 256, 3)
    canvas = np.empty((height + 2 * down, width + 2 * across, 3), np.uint8)
    canvas[:] = np.asarray(colour, np.uint8)
    canvas[down : down + height, across : across + width] = picture
    return canvas
