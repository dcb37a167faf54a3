"""A dataset that a head on the tiny backbone can learn, and runs of rct train on it."""

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="session")
def coloured(tmp_path_factory):
    """Noisy pictures in splits train (16 red, 16 blue) and val (8 and 8), as <split>/<label>/<number>.png."""
    folder = tmp_path_factory.mktemp("coloured")
    chance = np.random.default_rng(3)
    for split, count in (("train", 16), ("val", 8)):
        for label, colour in (("red", (190, 60, 60)), ("blue", (60, 60, 190))):
            place = folder / split / label
            place.mkdir(parents=True)
            for number in range(count):
                pixels = np.clip(chance.normal(colour, 60, (48, 40, 3)), 0, 255).astype(np.uint8)
                Image.fromarray(pixels).save(place / f"{number}.png")
    return folder
