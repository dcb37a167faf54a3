"""Changed views of a picture, to learn from: the same for the same seed, picture and number, whoever asks and when.

views = Views(number=4, seed=0)
views.make(pixels, sha256, 1)             # uint8 [h', w', 3]

Sizes, frames and sharpness tell many collections apart, and a classifier would learn those instead of what a picture
shows. So a view has another part, aspect, frame, resolution, tone and compression than its picture.
"""

import hashlib
from dataclasses import dataclass
from functools import partial

import numpy as np

from toolchain.perturbations import perturb, perturbation
from toolchain.training.features.changes import (
    Change,
    Pixels,
    bounded,
    curved,
    framed,
    mirrored,
    part,
    saved,
    smaller,
    toned,
    trimmed,
)

_VERSION = "1"
"""Raised when a view of the same seed would come out differently."""


def _any_level(name: str, picture: Pixels, rng: np.random.Generator) -> Pixels:
    level = str(rng.choice([*perturbation(name).LEVELS]))
    return perturb(picture, name, level, rng)


def _level(name: str, level: str, picture: Pixels, rng: np.random.Generator) -> Pixels:
    return perturb(picture, name, level, rng)


_STEPS: tuple[tuple[float, Change], ...] = (
    (0.3, trimmed),
    (0.7, part),
    (0.5, mirrored),
    (0.05, partial(_any_level, "rotation")),
    (0.5, toned),
    (0.25, curved),
    (0.1, partial(_any_level, "white-balance")),
    (0.08, partial(_level, "colour", "grey")),
    (0.45, smaller),
    (0.05, partial(_any_level, "aspect")),
    (0.08, partial(_level, "blur", "0.3 %")),
    (0.1, partial(_level, "noise", "sd 5")),
    (0.4, framed),
    (0.6, saved),
)
"""What happens to a picture, in this order, each with this probability."""


@dataclass(frozen=True)
class Views:
    """``number`` views of each picture beside itself, drawn from ``seed``.

    ``strength`` in [0, 1] is what the probability of every change is multiplied by.
    """

    number: int
    seed: int
    strength: float = 1.0

    @property
    def way(self) -> str:
        """How views are made, as text that changes whenever they would come out differently."""
        return f"views {_VERSION} seed {self.seed} strength {self.strength}" if self.number else "plain"

    def make(self, pixels: Pixels, picture: bytes, view: int) -> Pixels:
        """Return view ``view`` (from 1) of ``pixels`` (uint8 [h, w, 3], RGB), the picture of this SHA-256."""
        digest = hashlib.sha256(f"{self.seed} {view} ".encode() + picture).digest()
        rng = np.random.default_rng(int.from_bytes(digest))
        return changed(pixels, rng, self.strength)


def changed(pixels: Pixels, rng: np.random.Generator, strength: float = 1.0) -> Pixels:
    """Return a view of ``pixels`` (uint8 [h, w, 3], RGB): uint8 [h', w', 3], drawn from ``rng``; see ``Views``."""
    pixels = bounded(pixels)
    for probability, change in _STEPS:
        if rng.random() < probability * strength:
            pixels = change(pixels, rng)
    return np.ascontiguousarray(pixels)
