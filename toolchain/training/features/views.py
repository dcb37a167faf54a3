"""Changed views of a picture, to train on: the same for the same seed, picture and number, whoever asks and when."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_VERSION = "1"
"""Raised when a view of the same seed would come out differently."""


@dataclass(frozen=True)
class Views:
    """``number`` views of each picture beside itself, drawn from ``seed``."""

    number: int
    seed: int

    @property
    def way(self) -> str:
        """How views are made, as text that changes whenever they would come out differently."""
        return f"views {_VERSION} seed {self.seed}" if self.number else "plain"

    def make(self, pixels: NDArray[np.uint8], picture: bytes, view: int) -> NDArray[np.uint8]:
        """Return view ``view`` (from 1) of ``pixels`` (uint8 [h, w, 3], RGB), the picture of this SHA-256."""
        digest = hashlib.sha256(f"{self.seed} {view} ".encode() + picture).digest()
        chance = np.random.default_rng(int.from_bytes(digest))
        return np.ascontiguousarray(pixels[:, ::-1]) if chance.random() < 0.5 else pixels
