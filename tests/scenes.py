"""Generated pictures that differ as photographs do: smooth random fields of colour, each from its seed."""

import numpy as np
from PIL import Image


def scene(seed, size=(160, 120)):
    """A picture of soft blobs of colour, RGB; no two seeds look the same."""
    chance = np.random.default_rng(seed)
    rough = chance.integers(0, 256, (9, 12, 3)).astype(np.uint8)
    return Image.fromarray(rough).resize(size, Image.Resampling.BICUBIC)


def save(picture, path, **options):
    """Write a picture, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, **options)
    return path
