"""What is read off pictures on their way to the classifier: their sizes, and what their edges are like."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from toolchain.data.dataset import Example
from toolchain.data.fingerprints.edges import EDGES, read_edges

SURFACE = ("width", "height", "aspect", "area", *EDGES)
"""The numbers of a picture that say nothing of what it shows; aspect and area as logarithms."""


@dataclass(frozen=True)
class Glances:
    """A change that changes nothing (``toolchain.evaluation.scoring.Change``), and remembers, by path.

    ``sizes``: width and height in pixels, as displayed. ``surfaces``: float32 [numbers], as ``SURFACE`` names them.
    Safe to be called on several threads at once.
    """

    examples: tuple[Example, ...]
    sizes: dict[Path, tuple[int, int]] = field(default_factory=dict)
    surfaces: dict[Path, NDArray[np.float32]] = field(default_factory=dict)

    def __call__(self, place: int, picture: NDArray[np.uint8], /) -> NDArray[np.uint8]:
        """Remember, and return ``picture``."""
        path, (height, width) = self.examples[place].path, picture.shape[:2]
        size = np.array([width, height, np.log(width / height), np.log(width * height)], np.float32)
        self.sizes[path] = (width, height)
        self.surfaces[path] = np.concatenate([size, read_edges(np.asarray(Image.fromarray(picture).convert("L")))])
        return picture
