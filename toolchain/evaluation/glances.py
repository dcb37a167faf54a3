"""What is read off pictures on their way to the classifier: their sizes, and what their edges are like."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from toolchain.data.dataset import Example


@dataclass(frozen=True)
class Glances:
    """A change that changes nothing (``toolchain.evaluation.scoring.Change``), and remembers, by path.

    ``sizes``: width and height in pixels, as displayed. Safe to be called on several threads at once.
    """

    examples: tuple[Example, ...]
    sizes: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def __call__(self, place: int, picture: NDArray[np.uint8], /) -> NDArray[np.uint8]:
        """Remember, and return ``picture``."""
        self.sizes[self.examples[place].path] = (picture.shape[1], picture.shape[0])
        return picture
