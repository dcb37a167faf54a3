"""How a picture is changed before the network sees it in training.

changed = Views(crop=0.4, changes=2)
changed.make(pixels, rule, np.random.default_rng([seed, epoch, index]))      # uint8 [height, width, 3]
"""

from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.preprocessing import Preprocessing
from toolchain.training.features.views import changed
from toolchain.training.tuning.rand_augment import rand_augment

Pixels = NDArray[np.uint8]
_ASPECT = 4 / 3
_ERASED = (0.02, 1 / 3)


@dataclass(frozen=True)
class Views:
    """Random changes, in this order.

    Attributes:
        wear: share of pictures that are changed as heads learn from them (``toolchain.training.features.views``):
            what collections differ in, their frames, sizes, compression and tone.
        crop: smallest share of a picture's area that is cut out of it; the aspect changes by up to 4/3 (Szegedy et al.
            2014, arXiv:1409.4842). 1 for the whole picture, as it is preprocessed for inference.
        flip: mirror every second picture.
        changes: of RandAugment, after the crop.
        strength: of these, in [0, 1].
        erase: share of pictures in which a rectangle is overwritten with noise (Zhong et al. 2017, arXiv:1708.04896).
    """

    wear: float = 0.0
    crop: float = 1.0
    flip: bool = True
    changes: int = 0
    strength: float = 0.5
    erase: float = 0.0

    def make(self, pixels: Pixels, rule: Preprocessing, chance: np.random.Generator) -> Pixels:
        """Return a view of ``pixels`` (uint8 [h, w, 3] as decoded): uint8 [rule.height, rule.width, 3]."""
        if chance.random() < self.wear:
            pixels = changed(pixels, chance)
        picture = _cut(pixels, rule, self.crop, chance)
        if self.flip and chance.integers(2):
            picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        picture = rand_augment(picture, self.changes, self.strength, chance)
        view = np.array(picture, np.uint8)
        if chance.random() < self.erase:
            top, left, rows, columns = rectangle(rule.height, rule.width, chance.uniform(*_ERASED), chance)
            view[top : top + rows, left : left + columns] = chance.integers(0, 256, (rows, columns, 3))
        return view


def rectangle(height: int, width: int, area: float, chance: np.random.Generator) -> tuple[int, int, int, int]:
    """Draw a rectangle of this share of the area, of any aspect between 1/2 and 2: top, left, rows, columns."""
    aspect = exp(chance.uniform(-log(2), log(2)))
    rows = min(height, max(1, round(height * (area * aspect) ** 0.5)))
    columns = min(width, max(1, round(width * (area / aspect) ** 0.5)))
    return int(chance.integers(height - rows + 1)), int(chance.integers(width - columns + 1)), rows, columns


def _cut(pixels: Pixels, rule: Preprocessing, least: float, chance: np.random.Generator) -> Image.Image:
    """Cut out a part and bring it to the network's size with the rule's filter, in one step.

    The whole is what inference sees: all of the picture, or its centre where the rule keeps the aspect and cuts.
    """
    from models.preprocessing import resize

    if least >= 1:
        return Image.fromarray(resize(pixels, rule))
    height, width = pixels.shape[:2]
    area, aspect = chance.uniform(least, 1), exp(chance.uniform(-log(_ASPECT), log(_ASPECT)))
    rows = min(height, max(1.0, height * (area * aspect) ** 0.5))
    columns = min(width, max(1.0, width * (area / aspect) ** 0.5))
    top, left = chance.uniform(0, height - rows), chance.uniform(0, width - columns)
    box = (left, top, min(width, left + columns), min(height, top + rows))
    picture = Image.fromarray(pixels)
    return picture.resize((rule.width, rule.height), Image.Resampling[rule.resize.filter.upper()], box)
