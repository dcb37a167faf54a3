"""Batches for the training of heads, made ready by a thread of their own while the step before them runs.

    disturb = as_graph(Disturbance.of(0.0, 0.2, drawn(seed)).apply)
    feed = Feed(features, wanted, scaling, 256, 0.5, 0.4, disturb, chance)
    for features, wanted in ahead(feed.epoch()):

A step reads a few megabytes, and to gather, scale, mix and disturb them takes about as long as the step itself. NumPy
and Keras' backends let other threads run meanwhile. Only that one thread draws, so that what is drawn stays the same.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from toolchain.training.heads import philox
from toolchain.training.heads.layers import Scaling
from toolchain.training.heads.targets import mixed

_AT_ONCE = 1 << 16
"""Numbers that are scaled at once: few enough to stay near the processor."""


@dataclass(frozen=True)
class Disturbance:
    """What is done to scaled features at random: noise of this deviation, then a share of them left out.

    Attributes:
        noise: standard deviation of what is added.
        dropout: share that is left out; the others grow for it.
        seeds: ``keras.random.SeedGenerator`` of either.
    """

    noise: float
    dropout: float
    seeds: tuple[Any, Any]

    @classmethod
    def of(cls, noise: float, dropout: float, seeds: Iterator[int]) -> "Disturbance":
        """Take a seed for each of the two that is asked for."""
        import keras

        made = [keras.random.SeedGenerator(next(seeds)) if asked else None for asked in (noise, dropout)]
        return cls(noise, dropout, (made[0], made[1]))

    def apply(self, features: Any) -> Any:
        """Return features [n, size] of Keras' backend, disturbed."""
        from keras import backend, random

        if self.noise:
            features = features + random.normal(features.shape, stddev=self.noise, seed=self.seeds[0])
        if self.dropout:
            dropout = philox.dropout if backend.backend() == "tensorflow" else random.dropout
            features = dropout(features, self.dropout, seed=self.seeds[1])
        return features


@dataclass(frozen=True, eq=False)
class Feed:
    """Where batches come from.

    Attributes:
        features: float16 [n, views, size]; the first view is the picture itself.
        wanted: float32 [n, members, categories, 2], targets and weights.
        scaling: of the features.
        batch: pictures in a batch, at most n.
        changed: chance that another view stands for its picture.
        mixup: alpha of mixup on scaled features.
        disturb: what comes after, on features of Keras' backend.
        chance: what all of that is drawn from; the batches of an epoch go on where those before it ended.
    """

    features: NDArray[np.float16]
    wanted: NDArray[np.float32]
    scaling: Scaling
    batch: int
    changed: float
    mixup: float
    disturb: Callable[[Any], Any]
    chance: np.random.Generator

    def epoch(self) -> Iterator[tuple[Any, Any]]:
        """Yield every picture once, in one of its views; what does not fill a batch waits for the next epoch.

        Features [batch, size] and what is wanted [batch, members, categories, 2] are float32 of Keras' backend.
        """
        from keras import ops

        count, views = self.features.shape[:2]
        order = self.chance.permutation(np.arange(count))
        view = np.zeros(count, np.intp)
        if views > 1:
            view = np.where(self.chance.random(count) < self.changed, self.chance.integers(1, np.full(count, views)), 0)
        for start in range(0, count - self.batch + 1, self.batch):
            rows = order[start : start + self.batch]
            features, wanted = mixed(self._scaled(rows, view[rows]), self.wanted[rows], self.mixup, self.chance)
            yield self.disturb(ops.convert_to_tensor(features)), ops.convert_to_tensor(wanted)

    def _scaled(self, rows: NDArray[np.intp], view: NDArray[np.intp]) -> NDArray[np.float32]:
        size = self.features.shape[2]
        scaled = np.empty((len(rows), size), np.float32)
        step = max(1, _AT_ONCE // size)
        for start in range(0, len(rows), step):
            part = slice(start, start + step)
            scaled[part] = self.scaling.apply(self.features[rows[part], view[part]])
        return scaled


def as_graph(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the same function, as TensorFlow's graph where that is the backend: it takes half the time."""
    import keras

    if keras.backend.backend() != "tensorflow":
        return function
    import tensorflow as tf

    return cast("Callable[[Any], Any]", tf.function(function))


def ahead(batches: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    """Yield ``batches``, the next one of which a thread works on meanwhile."""
    source = iter(batches)
    with ThreadPoolExecutor(1, "feed") as thread:
        coming = thread.submit(next, source, None)
        while (batch := coming.result()) is not None:
            coming = thread.submit(next, source, None)
            yield batch
