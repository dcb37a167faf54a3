"""One picture among several on one canvas, so that what matters fills a part of it only.

The others are made here, so that they carry no label of their own: flat colours, gradients and grain.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SUMMARY = "two by two copies of itself, or one of two or four tiles beside made-up ones"
LEVELS = {"copies": (2, 2), "half": (1, 2), "quarter": (2, 2)}


def apply(picture: NDArray[np.uint8], level: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Lay tiles of the picture's size out, and bring the canvas back to the size of one tile's longer side.

    ``rng`` draws the picture's place and the other tiles; "copies" are mirrored at random instead.
    """
    rows, columns = LEVELS[level]
    count = rows * columns
    if level == "copies":
        tiles = [picture[:, ::-1] if mirrored else picture for mirrored in rng.integers(0, 2, count)]
    else:
        tiles = [_filling(picture.shape, rng) for _ in range(count)]
        tiles[int(rng.integers(0, count))] = picture
    lines = [np.concatenate(tiles[row * columns : (row + 1) * columns], axis=1) for row in range(rows)]
    canvas = np.ascontiguousarray(np.concatenate(lines, axis=0))
    height, width = canvas.shape[:2]
    size = (max(1, width // columns), max(1, height // columns))
    return np.array(Image.fromarray(canvas).resize(size, Image.Resampling.BILINEAR), np.uint8)


def _filling(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a tile: a gradient between two colours (which may be alike) with grain of a random strength."""
    height, width = shape[:2]
    first, second = rng.uniform(0, 255, (2, 3))
    angle = rng.uniform(0, 2 * np.pi)
    down, across = np.linspace(0, np.cos(angle), height)[:, None], np.linspace(0, np.sin(angle), width)[None]
    ramp = (down + across - min(0.0, np.cos(angle)) - min(0.0, np.sin(angle))) / (
        abs(np.cos(angle)) + abs(np.sin(angle))
    )
    smooth = first + ramp[..., None] * (second - first)
    grain = rng.normal(0, rng.choice([0.0, 4.0, 16.0]), (height, width, 1))
    tile: NDArray[np.uint8] = np.clip(np.rint(smooth + grain), 0, 255).astype(np.uint8)
    return tile
