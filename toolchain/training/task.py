"""What every recipe is given, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.preprocessing import Preprocessing
from models.resnet50 import Architecture
from toolchain.data.dataset import Dataset


@dataclass(frozen=True)
class Backbone:
    """A network to start from.

    Attributes:
        name: "open_nsfw" or "resnet50".
        architecture: what it is.
        preprocessing: how it sees; the classifier's spec takes it over.
        weights: what ``models.pretrained.load_backbone`` takes: "imagenet" or a path; "" for random ones.
        licence: SPDX identifier of the weights.
    """

    name: str
    architecture: Architecture
    preprocessing: Preprocessing
    weights: str
    licence: str


@dataclass(frozen=True)
class Task:
    """One training.

    Attributes:
        categories: what to detect, in the order of the scores.
        train: pictures to learn from; of each category some may be unknown (Dataset.truth).
        val: pictures to choose the best epoch by, none of them (nor a near-duplicate) in ``train``.
        backbone: where to start.
        seed: of everything that is drawn.
        folder: for checkpoints and logs of this training; resumed from if it holds some of the same task.
        features: for what backbones make of pictures, which other trainings may use as well.
    """

    categories: tuple[str, ...]
    train: Dataset
    val: Dataset
    backbone: Backbone
    seed: int
    folder: Path
    features: Path


@dataclass(frozen=True)
class Trained:
    """What came out.

    Attributes:
        model: ``keras.Model``, normalised float32 [n, height, width, 3] in, float32 [n, categories] in [0, 1] out, of
            layers that exporters.deploy knows.
        history: a row per epoch, or per head of an ensemble: name to number.
        details: what else belongs into the model card: name to number or short text.
        problems: pictures that were left out, and why, a line each.
        preprocessing: how the model sees, where that is not how the backbone does.
    """

    model: Any
    history: tuple[Mapping[str, float], ...] = ()
    details: Mapping[str, int | float | str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    preprocessing: Preprocessing | None = None
