"""How a picture looks, in bits: perceptual hashes of the whole, of what a flat border leaves, and of their mirrors.

    looks = read_looks(pixels)
    looks.coarse                # uint8 [4, 8]: 64 bits each, of VIEWS
    looks.fine                  # uint8 [4, 32]: 256 bits each
    looks.detail                # grey levels; below FLAT the hashes say nothing

Both are the pHash of imagehash: the signs, about their median, of the lowest frequencies of a cosine transform.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

VIEWS = ("whole", "trimmed", "mirrored", "trimmed and mirrored")
FLAT = 3.0
"""Standard deviation, in grey levels, of a picture that shows nothing."""

_SIDE = 64
_TOLERANCE = 12
"""Grey levels that a flat border's pixels may be off from each other, JPEG's ringing among it."""

_LEFT = 0.25
"""A trimmed picture must keep this share of both sides: what is smaller is a thing on a plain ground, not a border."""


@dataclass(frozen=True, eq=False)
class Looks:
    """``coarse`` uint8 [4, 8] and ``fine`` uint8 [4, 32], the bits of each of ``VIEWS``; ``detail`` in grey levels."""

    coarse: NDArray[np.uint8]
    fine: NDArray[np.uint8]
    detail: float


def read_looks(grey: NDArray[np.uint8]) -> Looks:
    """Return the looks of a picture, uint8 [height, width]; trimmed views are the whole where there is no border."""
    whole = _small(grey)
    top, bottom, left, right = trim(grey)
    cut = grey[top:bottom, left:right]
    trimmed = _small(cut) if cut.shape != grey.shape else whole
    mirror = Image.Transpose.FLIP_LEFT_RIGHT
    views = [whole, trimmed, whole.transpose(mirror), trimmed.transpose(mirror)]
    hashes = [[_bits(view, size) for view in views] for size in (8, 16)]
    return Looks(np.stack(hashes[0]), np.stack(hashes[1]), float(np.std(np.asarray(whole, np.float32))))


def trim(grey: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Return top, bottom, left and right of what is inside a flat border; all of it where that would leave too little.

    A row or column belongs to the border while its pixels are within 12 grey levels of the corner's, 1 in 50 excepted.
    """
    height, width = grey.shape
    flat = np.abs(grey.astype(np.int16) - int(grey[0, 0])) <= _TOLERANCE
    rows = np.flatnonzero(flat.mean(1) < 0.98)
    if not len(rows):
        return 0, height, 0, width
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(flat[top:bottom].mean(0) < 0.98)
    left, right = (int(columns[0]), int(columns[-1]) + 1) if len(columns) else (0, width)
    if bottom - top < _LEFT * height or right - left < _LEFT * width:
        return 0, height, 0, width
    return top, bottom, left, right


def _small(grey: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(grey)).resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)


def _bits(view: Image.Image, size: int) -> NDArray[np.uint8]:
    import imagehash

    return np.packbits(imagehash.phash(view, size, _SIDE // 16).hash.ravel())
