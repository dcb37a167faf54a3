"""Changes of a picture that are drawn from a range, each from (uint8 [h, w, 3], generator) to another such picture.

``toolchain.perturbations`` has changes of a few fixed strengths, to measure with. To learn from, every strength in
between is wanted, and what those would leave as a hint: frames that are not even, and frames taken away.
"""

from collections.abc import Callable
from io import BytesIO
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

Pixels = NDArray[np.uint8]
Change = Callable[[Pixels, np.random.Generator], Pixels]

_FLAT = 24
"""Difference of a value from that of the corner up to which a pixel belongs to the frame."""
_SMALLEST, _LONGEST = 24, 1024
_FILTERS = ("nearest", "box", "bilinear", "bicubic", "lanczos")
_FILTER_SHARES = (0.05, 0.15, 0.35, 0.3, 0.15)


def bounded(picture: Pixels) -> Pixels:
    """Reduced to 1,024 pixels on the longer side where it is longer, so that what follows takes no longer."""
    if max(picture.shape[:2]) <= _LONGEST:
        return picture
    image = Image.fromarray(picture)
    image.thumbnail((_LONGEST, _LONGEST), Image.Resampling.BOX)
    return np.asarray(image)


def trimmed(picture: Pixels, rng: np.random.Generator) -> Pixels:  # noqa: ARG001
    """Cut off what is as even as the corner; a picture of which too little would be left stays as it is."""
    inside = np.abs(picture.astype(np.int16) - picture[0, 0]).max(2) > _FLAT
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    if not rows.size or min(np.ptp(rows), np.ptp(columns)) < _SMALLEST:
        return picture
    return picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def part(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Cut out 30 to 100 % of the area, of an aspect up to 1.4 times as wide or as high, from anywhere."""
    height, width = picture.shape[:2]
    area, aspect = exp(rng.uniform(log(0.3), 0)), exp(rng.uniform(-0.35, 0.35))
    columns = min(width, max(16, int(width * sqrt(area * aspect))))
    rows = min(height, max(16, int(height * sqrt(area / aspect))))
    top, left = int(rng.integers(0, height - rows + 1)), int(rng.integers(0, width - columns + 1))
    return picture[top : top + rows, left : left + columns]


def mirrored(picture: Pixels, rng: np.random.Generator) -> Pixels:  # noqa: ARG001
    """Left to right."""
    return np.ascontiguousarray(picture[:, ::-1])


def toned(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Brightness by up to 30 %, contrast by up to 35 %, colour by up to 50 %, each in three of five pictures."""
    image = Image.fromarray(picture)
    for enhance, most in ((ImageEnhance.Brightness, 0.3), (ImageEnhance.Contrast, 0.35), (ImageEnhance.Color, 0.5)):
        if rng.random() < 0.6:
            image = enhance(image).enhance(1 + rng.uniform(-most, most))
    return np.asarray(image)


def curved(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Another gamma, of all channels alike or of each its own, between 0.64 and 1.57."""
    exponents = np.exp(rng.uniform(-0.45, 0.45, 3) if rng.random() < 0.5 else rng.uniform(-0.45, 0.45))
    table = np.rint(255 * (np.arange(256)[:, None] / 255) ** np.broadcast_to(exponents, 3)).astype(np.uint8)
    return np.stack([table[picture[..., channel], channel] for channel in range(3)], -1)


def smaller(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Reduced to 35 to 100 % of its sides with any filter, and mostly brought back to its size with any other."""
    height, width = picture.shape[:2]
    scale = exp(rng.uniform(log(0.35), 0))
    small = max(_SMALLEST, int(width * scale)), max(_SMALLEST, int(height * scale))
    image = _resized(Image.fromarray(picture), small, rng)
    return np.asarray(_resized(image, (width, height), rng) if rng.random() < 0.6 else image)


def _resized(image: Image.Image, size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    name = str(rng.choice(_FILTERS, p=_FILTER_SHARES))
    return image.resize(size, Image.Resampling[name.upper()])


def framed(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """On a larger canvas: bars above and below, or at the sides, an even frame, or another width on each side.

    It is white, black, any colour, or the mean of the picture's first and last row. Widths are up to a quarter.
    """
    height, width = picture.shape[:2]
    shape, shares = rng.random(), rng.uniform(0, 0.25, 4)
    if shape < 0.3:
        shares[:2] = 0
    elif shape < 0.6:
        shares[2:] = 0
    elif shape < 0.8:
        shares[:] = rng.uniform(0.01, 0.15)
    left, right = (int(share * width) for share in shares[:2])
    top, bottom = (int(share * height) for share in shares[2:])
    canvas = np.empty((height + top + bottom, width + left + right, 3), np.uint8)
    canvas[:] = _colour(picture, rng)
    canvas[top : top + height, left : left + width] = picture
    return canvas


def _colour(picture: Pixels, rng: np.random.Generator) -> NDArray[np.uint8]:
    kind = rng.random()
    if kind < 0.4:
        return np.full(3, 255, np.uint8)
    if kind < 0.55:
        return np.zeros(3, np.uint8)
    if kind < 0.75:
        return rng.integers(0, 256, 3, np.uint8)
    return np.asarray(picture[[0, -1]].reshape(-1, 3).mean(0), np.uint8)


def saved(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """As a JPEG of quality 35 to 95, with or without halved chroma."""
    stream = BytesIO()
    subsampling = "4:4:4" if rng.random() < 0.3 else "4:2:0"
    image = Image.fromarray(picture)
    image.save(stream, "JPEG", quality=int(rng.integers(35, 96)), subsampling=subsampling)
    with Image.open(stream) as decoded:
        return np.asarray(decoded)
