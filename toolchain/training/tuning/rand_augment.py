"""RandAugment: a few changes drawn from a fixed list, all at one strength.

Cubuk et al., "RandAugment: Practical automated data augmentation with a reduced search space" (2020, arXiv:1909.13719).
Drawn for each picture by itself. Keras' layer of that name draws once for a whole batch and computes all of its eleven
changes to keep one; here a picture costs what its own changes cost, in the thread that decoded it.
"""

from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

Change = Callable[[Image.Image, float, float], Image.Image]
"""From (picture, strength in [0, 1], sign that is 1 or -1)."""
_GREY = (128, 128, 128)
_DEGREES, _SHEAR, _SHIFT = 30.0, 0.3, 0.45
"""At strength 1: of a turn, of a shear, and of the side by which a picture is shifted."""


def rand_augment(picture: Image.Image, changes: int, strength: float, chance: np.random.Generator) -> Image.Image:
    """Apply ``changes`` changes, each drawn from ``CHANGES`` with equal probability.

    Args:
        picture: RGB.
        changes: how many, one after the other; the paper's N.
        strength: in [0, 1], of those that have one; the paper's M over its largest.
        chance: what is drawn from.
    """
    names = [*CHANGES]
    for _ in range(changes):
        name, sign = names[chance.integers(len(names))], 1.0 if chance.integers(2) else -1.0
        picture = CHANGES[name](picture, strength, sign)
    return picture


def _affine(picture: Image.Image, matrix: tuple[float, ...]) -> Image.Image:
    return picture.transform(picture.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR, fillcolor=_GREY)


def _enhanced(kind: Callable[[Image.Image], ImageEnhance._Enhance]) -> Change:
    return lambda picture, strength, sign: kind(picture).enhance(1 + 0.9 * sign * strength)


CHANGES: Mapping[str, Change] = {
    "identity": lambda picture, *_: picture,
    "autocontrast": lambda picture, *_: ImageOps.autocontrast(picture),
    "equalize": lambda picture, *_: ImageOps.equalize(picture),
    "rotate": lambda picture, strength, sign: picture.rotate(
        sign * strength * _DEGREES, Image.Resampling.BILINEAR, fillcolor=_GREY
    ),
    "solarize": lambda picture, strength, _: ImageOps.solarize(picture, round(256 * (1 - strength))),
    "posterize": lambda picture, strength, _: ImageOps.posterize(picture, 8 - round(4 * strength)),
    "colour": _enhanced(ImageEnhance.Color),
    "contrast": _enhanced(ImageEnhance.Contrast),
    "brightness": _enhanced(ImageEnhance.Brightness),
    "sharpness": _enhanced(ImageEnhance.Sharpness),
    "shear across": lambda picture, strength, sign: _affine(picture, (1, sign * strength * _SHEAR, 0, 0, 1, 0)),
    "shear down": lambda picture, strength, sign: _affine(picture, (1, 0, 0, sign * strength * _SHEAR, 1, 0)),
    "shift across": lambda picture, strength, sign: _affine(
        picture, (1, 0, sign * strength * _SHIFT * picture.width, 0, 1, 0)
    ),
    "shift down": lambda picture, strength, sign: _affine(
        picture, (1, 0, 0, 0, 1, sign * strength * _SHIFT * picture.height)
    ),
}
"""By name; the paper's fourteen."""
