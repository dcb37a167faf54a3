"""What follows the backbone: the mean of its last output, or statistics of several layers, and Dense layers on them.

    head = HeadForm(taps=RESNET50.taps, hidden=(64,))        # before there are weights
    features_size(RESNET50, head.taps)                       # 11712 = 3 * (64 + 256 + 512 + 1024 + 2048)

A *tap* reads a layer's output, float [n, rows, columns, channels], where the next stage reads it: at the even
positions of the stages 2 to 4, at all of the stem's and of the last stage's. It gives, of each channel over these
positions, the mean; the standard deviation about that mean (biased: the mean square is divided by their number); and
the difference, the mean absolute step from one position to the next below it plus that to the next beside it. All
three as ``log1p``. The features of a head are those of its taps in order, of each the means [channels], then the
deviations, then the differences. They tell drawings from photographs, of which the last stage has forgotten much:
even colours and hard edges have a small difference for their deviation, textures and noise a large one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.resnet50.architecture import Architecture

Array = NDArray[np.float32]
SINGLE = 32
"""Pixels a side of which the last stage makes a single position, which has no neighbour."""
STATISTICS = 3
"""Numbers that a tap gives of each channel."""
FLAT = 1e-24
"""Added to a variance where gradients are taken: a channel that is zero everywhere, as ReLUs leave many, has one then.
The square root of this is below what rounding makes of a mean, so what ships does without it."""


@dataclass(frozen=True)
class Affine:
    """A linear map with an offset: ``kernel`` [..., inputs, outputs] and ``bias`` [outputs], float32."""

    kernel: Array
    bias: Array


@dataclass(frozen=True)
class Tap:
    """A layer whose statistics a head reads: one of ``Architecture.taps``.

    ``scale`` float32 [channels], above 0: what to multiply the layer's channels by, to have them as they were trained.
    """

    layer: str
    scale: Array


@dataclass(frozen=True)
class Head:
    """Dense layers from features to logits, with ReLU between them; ``labels`` names the logits.

    The features are the statistics of ``taps``; without any, the mean of the last stage's output.
    """

    labels: tuple[str, ...]
    layers: tuple[Affine, ...]
    taps: tuple[Tap, ...] = ()


@dataclass(frozen=True)
class HeadForm:
    """A head before it has weights: names of the layers that it taps, and the widths of its hidden Dense layers."""

    taps: tuple[str, ...] = ()
    hidden: tuple[int, ...] = ()


PLAIN = HeadForm()
"""One Dense layer on the mean of the last stage's output."""


def features_size(arch: Architecture, taps: Sequence[str]) -> int:
    """Return how many features a head with these taps reads.

    Raises:
        ValueError: see ``check_taps``.
    """
    check_taps(arch, taps)
    return sum(STATISTICS * arch.channels(tap) for tap in taps) if taps else arch.channels(arch.taps[-1])


def check_taps(arch: Architecture, taps: Sequence[str]) -> None:
    """Raise ValueError unless ``taps`` are layers of ``arch.taps``, each once, and the last stage's output is one.

    Without the last stage the network would be another one, which shares its backbone with nobody.
    """
    if taps and (set(taps) - set(arch.taps) or len(set(taps)) < len(taps) or arch.taps[-1] not in taps):
        raise ValueError(f"taps must be some of {', '.join(arch.taps)}, with the last of them (got {', '.join(taps)})")
