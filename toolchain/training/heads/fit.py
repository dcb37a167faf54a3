"""Training heads on features that lie in memory.

fitted = fit(train, val, settings, seed, progress)
fitted.layers                        # dense layers on unscaled features, in numpy
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from benchmarks.metrics.quality import roc_auc
from models.document import Document
from models.errors import UnknownName
from toolchain.data.dataset import UNKNOWN, YES
from toolchain.output import Progress
from toolchain.training.determinism import make_deterministic
from toolchain.training.heads.ensemble import EnsembleForm, build, drawn, joined
from toolchain.training.heads.feed import Disturbance, Feed, ahead, as_graph
from toolchain.training.heads.layers import Layers, Scaling, logits
from toolchain.training.heads.targets import ClassWeights, masked_loss, measured_loss, targets


class HeadSettings(Document):
    """How heads are trained; every number that a user may turn."""

    members: int = Field(default=4, ge=1, description="heads whose logits are averaged")
    hidden: int = Field(default=32, ge=0, description="hidden units of each member; 0 for linear heads")
    unread: tuple[str, ...] = Field(default=(), description="layers that every second member does not read")
    shared: bool = Field(default=True, description="hidden units serve all categories, not each its own")
    epochs: int = Field(default=30, ge=1, description="most passes over the pictures")
    batch: int = Field(default=256, ge=1, description="pictures per step")
    rate: float = Field(default=1e-3, gt=0, description="learning rate at its highest, of AdamW")
    warmup: float = Field(default=0.05, ge=0, lt=1, description="share of the steps in which the rate rises")
    weight_decay: float = Field(default=0.05, ge=0, description="of kernels, times the learning rate")
    bagging: bool = Field(default=False, description="members weigh pictures each its own way; linear ones always do")
    dropout: float = Field(default=0.3, ge=0, lt=1, description="share of hidden units left out")
    input_dropout: float = Field(default=0.2, ge=0, lt=1, description="share of features left out")
    noise: float = Field(default=0.0, ge=0, description="deviation of noise on the scaled features")
    smoothing: float = Field(default=0.02, ge=0, lt=1, description="label smoothing")
    mixup: float = Field(default=0.4, ge=0, description="alpha of mixup on features; 0 for none")
    class_weights: ClassWeights = Field(default="balanced", description="balanced or none")
    changed: float = Field(default=0.5, ge=0, le=1, description="chance that a changed view stands for its picture")
    keep: Literal["best", "last"] = Field(
        default="best", description="the epoch that is best on val, or the last, for which val chooses nothing"
    )
    monitor: Literal["loss", "auc"] = Field(default="loss", description="what the best epoch is chosen by")
    patience: int = Field(default=10, ge=1, description="epochs without a better one before it ends")


@dataclass(frozen=True, eq=False)
class Labelled:
    """Features of pictures, and what is true of them.

    Attributes:
        features: float16 [n, views, size]; the first view is the picture itself.
        truth: int8 [n, categories]: 1, 0, and -1 where it is not known.
        layers: where the features of a layer lie among all, from start to stop, by the layer's name.
    """

    features: NDArray[np.float16]
    truth: NDArray[np.int8]
    layers: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def those(self, chosen: NDArray[np.bool_]) -> "Labelled":
        """Return the pictures that are chosen, bool [n]."""
        return Labelled(self.features[chosen], self.truth[chosen], self.layers)

    def ranges(self, names: Sequence[str]) -> tuple[tuple[int, int], ...]:
        """Return where the features of these layers lie.

        Raises:
            UnknownName: there are no features of one of them.
        """
        for name in names:
            if name not in self.layers:
                raise UnknownName("unread", name, self.layers)
        return tuple(self.layers[name] for name in names)


@dataclass(frozen=True, eq=False)
class Fitted:
    """``layers`` read unscaled features; ``history`` has a row per epoch; ``best`` is the epoch kept, from 1."""

    layers: Layers
    history: tuple[dict[str, float], ...]
    best: int


def fit(train: Labelled, val: Labelled, settings: HeadSettings, seed: int, progress: Progress) -> Fitted:
    """Train on ``train`` and keep the epoch that is best on the first view of ``val``.

    Each category needs pictures of both answers in ``train`` and in ``val``. The same arguments give the same
    weights, bit for bit on the same machine.
    """
    make_deterministic(seed)
    scaling = Scaling.of(train.features)
    count, _, size = train.features.shape
    form = EnsembleForm(
        size,
        train.truth.shape[1],
        settings.members,
        settings.hidden,
        settings.shared,
        settings.dropout,
        train.ranges(settings.unread),
    )
    batch = min(settings.batch, count)
    steps = count // batch
    seeds = drawn(seed)
    disturb = as_graph(Disturbance.of(settings.noise, settings.input_dropout, seeds).apply)
    model = build(form, seeds)
    _compile(model, settings, steps)
    seen = scaling.apply(val.features[:, 0])
    wanted = targets(val.truth, settings.class_weights, 0)
    chance = np.random.default_rng([seed, 1])
    aims = _of_members(targets(train.truth, settings.class_weights, settings.smoothing), settings, chance)
    feed = Feed(train.features, aims, scaling, batch, settings.changed, settings.mixup, disturb, chance)
    history: list[dict[str, float]] = []
    best, kept, least = 0, joined(model, form), math.inf
    for epoch in range(1, settings.epochs + 1):
        losses = [float(model.train_on_batch(*one)) for one in ahead(feed.epoch())]
        layers = joined(model, form)
        predicted = logits(layers, seen, np.float32)
        loss, auc = measured_loss(wanted, predicted).mean(), mean_auc(predicted, val.truth)
        history.append({"epoch": epoch, "loss": sum(losses) / steps, "val_loss": float(loss), "val_auc": auc})
        progress("training heads", done=epoch, total=settings.epochs)
        measure = float(loss) if settings.monitor == "loss" else -auc
        if measure < least or settings.keep == "last":
            best, kept, least = epoch, layers, measure
        elif epoch - best >= settings.patience:
            break
    return Fitted(scaling.folded(kept), tuple(history), best)


def mean_auc(predicted: NDArray[np.float64], truth: NDArray[np.int8]) -> float:
    """Return the ROC-AUC of logits [n, categories], the mean over the categories, each on what is known of it."""
    areas = []
    for scores, answers in zip(predicted.T, truth.T, strict=True):
        known = answers != UNKNOWN
        areas.append(float(roc_auc.measure(scores[known], answers[known] == YES)))
    return float(np.mean(areas))


def _of_members(
    wanted: NDArray[np.float32], settings: HeadSettings, chance: np.random.Generator
) -> NDArray[np.float32]:
    """Return targets and weights for each member: float32 [n, members, categories, 2].

    Bagged members weigh pictures each in its own way, by draws from an exponential distribution (the Bayesian
    bootstrap, Rubin 1981). Linear heads always are: without it they would all end as the same head.
    """
    aims = np.repeat(wanted[:, None], settings.members, axis=1)
    if settings.members > 1 and (settings.bagging or not settings.hidden):
        aims[..., 1] *= chance.exponential(size=aims.shape[:2]).astype(np.float32)[..., None]
    return aims


def _compile(model: Any, settings: HeadSettings, steps: int) -> None:
    import keras

    total = settings.epochs * steps
    warmup = round(settings.warmup * total)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0 if warmup else settings.rate,
        max(1, total - warmup),
        warmup_target=settings.rate if warmup else None,
        warmup_steps=warmup,
    )
    optimizer = keras.optimizers.AdamW(rate, weight_decay=settings.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    jit = keras.backend.backend() == "jax"
    model.compile(optimizer=optimizer, loss=masked_loss, jit_compile=jit)
