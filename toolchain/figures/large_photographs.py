"""Small pictures as photographs of the size that a camera makes: enlarged, with the noise of a sensor.

paths = write_large(small, folder)            # JPEG files of about 2 MB, the same on every call
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from models.decoding import decode_rgb

PIXELS = 5_000_000
"""Pixels of a photograph, about; its shape is the small picture's."""

QUALITY = 95
_NOISE = 6.0


def write_large(pictures: Sequence[Path], folder: Path) -> list[Path]:
    """Write each picture into ``folder`` as a JPEG file of about ``PIXELS``, and return the files in their order.

    Enlarging alone leaves nothing in the high frequencies, where most bytes of a photograph are. So Gaussian noise with
    a standard deviation of 6 grey levels is added, from a generator whose seed is the picture's place.
    """
    return [_write(path, folder / f"{number:03}.jpg", number) for number, path in enumerate(pictures)]


def _write(source: Path, target: Path, seed: int) -> Path:
    small = decode_rgb(source, exif_rotation=True, background=(255, 255, 255))
    height, width = small.shape[:2]
    factor = (PIXELS / (height * width)) ** 0.5
    size = round(width * factor), round(height * factor)
    large = np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BICUBIC), np.float32)
    noise = np.random.default_rng(seed).standard_normal((*large.shape[:2], 1), np.float32) * _NOISE
    Image.fromarray(np.clip(large + noise + 0.5, 0, 255).astype(np.uint8)).save(target, "JPEG", quality=QUALITY)
    return target
