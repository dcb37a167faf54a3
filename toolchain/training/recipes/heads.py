"""Heads on a frozen backbone: its features are computed once, and all categories are trained on them in seconds."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import accumulate
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from models.errors import UserError
from models.preprocessing import normalise
from models.resnet50 import STATISTICS, HeadForm
from toolchain.data.dataset import Dataset
from toolchain.evaluation.category import group_numbers
from toolchain.output import Progress
from toolchain.progress import silent
from toolchain.training.backbones import load
from toolchain.training.cores import cores
from toolchain.training.determinism import make_deterministic
from toolchain.training.features.compute import Features, Way, compute_features, read_example
from toolchain.training.features.network import open_extractor
from toolchain.training.features.views import Views
from toolchain.training.heads.calibrate import calibrated, folds_of, out_of_fold, platt
from toolchain.training.heads.fit import HeadSettings, Labelled, fit
from toolchain.training.heads.layers import Layers, logits, set_dense
from toolchain.training.splits import check_both
from toolchain.training.task import Backbone, Task, Trained

_CHECKED, _TOLERANCE = 8, 0.02

SUMMARY = "heads on a frozen backbone, in seconds once its features are computed"

Taps = Literal["all", "none"] | tuple[str, ...]


class Settings(HeadSettings):
    """Those of the heads, and what they read."""

    taps: Taps = Field(
        default="all", description="layers whose statistics are read; none for the mean of the last stage"
    )
    views: int = Field(default=2, ge=0, le=1000, description="changed views of each picture, beside itself")
    strength: float = Field(default=0.4, ge=0, le=1, description="how often each change is made to a changed view")
    calibrate: int = Field(default=0, ge=0, le=20, description="folds whose logits calibrate the scores; 0 for none")
    threads: int | None = Field(default=None, ge=1, description="pictures worked on at once; all cores by default")


def train(task: Task, settings: Settings, progress: Progress) -> Trained:
    """Compute what features are missing, and train one head for all categories.

    Raises:
        NetworkError: the backbone's weights cannot be had.
        UserError: no picture can be read, or a category has one answer only among those that can.
    """
    progress("loading the backbone")
    taps = tapped(settings.taps, task.backbone)
    make_deterministic(task.seed)  # a backbone of random weights is drawn here, and once more below
    extractor = open_extractor(task.backbone, taps)
    rule, threads = task.backbone.preprocessing, settings.threads or cores()
    changed, plain = (
        Way(extractor, rule, Views(settings.views, task.seed, settings.strength)),
        Way(extractor, rule, Views(0, 0)),
    )
    train = compute_features(task.train, changed, task.features, threads, progress)
    val = compute_features(task.val, plain, task.features, threads, progress)
    for name, side, features in (("train", task.train, train), ("val", task.val, val)):
        readable = tuple(side.examples[place] for place in features.kept)
        check_both(Dataset(side.place, readable), f"{name}, of those that can be read", task.categories)
    layers = _ranges(task.backbone, taps)
    known, held_out = _labelled(train, task.train, task, layers), _labelled(val, task.val, task, layers)
    fitted = fit(known, held_out, settings, task.seed, progress)
    if settings.calibrate:
        groups = group_numbers([task.train.examples[place] for place in train.kept])
        fitted = replace(fitted, layers=_calibrated(fitted.layers, known, held_out, groups, settings, task, progress))
    widths = tuple(layer.bias.size for layer in fitted.layers[:-1])
    make_deterministic(task.seed)
    model = load(task.backbone, task.categories, head=HeadForm(taps, widths))
    set_dense(model, fitted.layers)
    _check_same(model, fitted.layers, val, task)
    return Trained(
        model,
        fitted.history,
        {
            "pictures to learn from": len(train.kept),
            f"pictures to choose the {'thresholds' if settings.keep == 'last' else 'epoch'} by": len(val.kept),
            "features of each": extractor.size,
            f"{'last' if settings.keep == 'last' else 'best'} epoch": fitted.best,
        },
        tuple(str(failure) for failure in (*train.failures, *val.failures)),
    )


def tapped(taps: Taps, backbone: Backbone) -> tuple[str, ...]:
    """Return the layers that ``taps`` stands for."""
    named = {"all": backbone.architecture.taps, "none": ()}
    return named[taps] if isinstance(taps, str) else taps


def _calibrated(
    layers: Layers,
    known: Labelled,
    held_out: Labelled,
    groups: NDArray[np.intp],
    settings: Settings,
    task: Task,
    progress: Progress,
) -> Layers:
    """Return the head with its scores calibrated on folds of the pictures to learn from, groups kept together."""

    def predict(left_out: NDArray[np.bool_]) -> NDArray[np.float64]:
        progress("calibrating on folds")
        fitted = fit(known.those(~left_out), held_out, settings, task.seed, silent)
        return logits(fitted.layers, known.features[left_out, 0])

    found = out_of_fold(predict, folds_of(groups, settings.calibrate, task.seed))
    return calibrated(layers, *platt(found, known.truth))


def _check_same(model: Any, layers: Layers, val: Features, task: Task) -> None:
    """Hold the classifier to what its head made of the features that it was trained on, on the first pictures.

    Raises:
        UserError: they differ by more than float16 does, so that the features are of other code.
    """
    rule, first = task.backbone.preprocessing, val.kept[:_CHECKED]
    pixels = np.stack([read_example(task.val.examples[place], rule) for place in first])
    scores = np.asarray(model.predict_on_batch(normalise(pixels, rule)), np.float64)
    expected = 1 / (1 + np.exp(-logits(layers, val.values[: len(first), 0])))
    if (worst := float(np.abs(scores - expected).max())) > _TOLERANCE:
        raise UserError(
            task.features, f"features of other code (scores differ by up to {worst:.2g})", "Remove the folder."
        )


def _labelled(features: Features, dataset: Dataset, task: Task, layers: Mapping[str, tuple[int, int]]) -> Labelled:
    return Labelled(features.values, dataset.truth(task.categories)[features.kept], layers)


def _ranges(backbone: Backbone, taps: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    """Return where the features of each tap lie among all of them, from start to stop."""
    sizes = [STATISTICS * backbone.architecture.channels(tap) for tap in taps]
    stops = list(accumulate(sizes))
    return {tap: (stop - size, stop) for tap, size, stop in zip(taps, sizes, stops, strict=True)}
