"""Mixup and CutMix of neighbours in a batch: pictures 0 and 1, 2 and 3, and so on.

Zhang et al., "mixup" (2017, arXiv:1710.09412), and Yun et al., "CutMix" (2019, arXiv:1905.04899). Batches are
shuffled, so neighbours are random partners. Shares are drawn here; the network's graph does the mixing of mixup.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolchain.training.tuning.views import rectangle

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Mixing:
    """``mixup`` and ``cutmix`` are the alphas of their beta distributions, 0 for none; with both, a coin is tossed."""

    mixup: float = 0.0
    cutmix: float = 0.0

    def __bool__(self) -> bool:
        return self.mixup > 0 or self.cutmix > 0

    def mix(self, pictures: NDArray[np.uint8], targets: Floats, chance: np.random.Generator) -> tuple[Floats, Floats]:
        """Mix a batch of an even number of pictures: CutMix in place, mixup as shares for the graph.

        Args:
            pictures: uint8 [n, height, width, 3].
            targets: float32 [n, categories, 2], target and weight.
            chance: what is drawn from.

        Returns:
            The shares of mixup that stay, float32 [n, 1], 1 for everything; and the mixed targets.
        """
        count = len(pictures)
        if self.cutmix and (not self.mixup or chance.integers(2)):
            share = _cut_in(pictures, self.cutmix, chance)
            return np.ones((count, 1), np.float32), mixed_targets(targets, share)
        # Both of a pair keep at least half: neither is counted as what it hardly shows.
        drawn = chance.beta(self.mixup, self.mixup, count).astype(np.float32)
        share = np.maximum(drawn, 1 - drawn)
        return share[:, None], mixed_targets(targets, share)


def mixed_targets(targets: Floats, share: Floats) -> Floats:
    """Return targets whose loss is ``share`` of each picture's own, and the rest of its neighbour's.

    Cross entropy is linear in the target, so the two become one target with one weight, exactly, also where only one
    of them is known: weight ``s w1 + (1 - s) w2``, target ``(s w1 t1 + (1 - s) w2 t2)`` over that.

    Args:
        targets: float32 [n, categories, 2], n even.
        share: float32 [n] in [0, 1].
    """
    neighbours = targets.reshape(-1, 2, *targets.shape[1:])[:, ::-1].reshape(targets.shape)
    own, other = share[:, None] * targets[..., 1], (1 - share[:, None]) * neighbours[..., 1]
    weight = own + other
    target = (own * targets[..., 0] + other * neighbours[..., 0]) / np.maximum(weight, np.finfo(np.float32).tiny)
    return np.stack([target, weight], axis=-1).astype(np.float32)


def _cut_in(pictures: NDArray[np.uint8], alpha: float, chance: np.random.Generator) -> Floats:
    """Give each pair the same rectangle of each other; returns what stays of each, float32 [n]."""
    count, height, width = pictures.shape[:3]
    kept = np.ones(count, np.float32)
    for first in range(0, count, 2):
        area = chance.beta(alpha, alpha)
        top, left, rows, columns = rectangle(height, width, min(area, 1 - area), chance)
        pair = pictures[first : first + 2, top : top + rows, left : left + columns]
        pair[:] = pair[::-1].copy()
        kept[first : first + 2] = 1 - rows * columns / (height * width)
    return kept
