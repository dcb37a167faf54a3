"""Several heads that are trained at once, side by side in one network, and become one head at no cost.

Members see the same pictures, start elsewhere, and lose other units to dropout; each has a loss of its own, so that
training them together is training them one by one. What ships is the mean of their logits. For linear heads that is
the mean of their weights; hidden layers stand side by side in one, and the last layer averages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.resnet50 import Affine
from toolchain.training.heads.layers import Layers


@dataclass(frozen=True)
class EnsembleForm:
    """What is trained.

    Attributes:
        size: features.
        categories: their number.
        members: heads whose logits are averaged.
        hidden: units between, of each member; 0 for linear heads.
        shared: whether the hidden units of a member serve all categories, or each category has ``hidden`` of its own.
        dropout: share of hidden units that is left out.
        unread: ranges of features, from start to stop, that every second member does not read.
    """

    size: int
    categories: int
    members: int = 1
    hidden: int = 0
    shared: bool = False
    dropout: float = 0.0
    unread: tuple[tuple[int, int], ...] = ()

    @property
    def units(self) -> tuple[int, ...]:
        """Widths of the hidden layers of what ships."""
        return (self.groups * self.hidden,) if self.hidden else ()

    @property
    def groups(self) -> int:
        """Blocks of hidden units that share nothing."""
        return self.members * (1 if self.shared else self.categories)

    def reads(self) -> NDArray[np.float32]:
        """Return float32 [size, units of the first layer]: 1 where a unit reads a feature, 0 where it does not."""
        units = self.groups * self.hidden if self.hidden else self.members * self.categories
        mask = np.ones((self.size, self.members, units // self.members), np.float32)
        for start, stop in self.unread:
            mask[start:stop, 1::2] = 0
        return mask.reshape(self.size, units)


def drawn(seed: int) -> Iterator[int]:
    """Yield the seeds of all that a training draws at random in Keras, in [0, 2**31)."""
    yield from (np.random.SeedSequence(seed).generate_state(8) >> 1).tolist()


def build(form: EnsembleForm, seeds: Iterator[int]) -> Any:
    """Return a fresh ``keras.Model``: float32 [n, size], scaled, to logits float32 [n, members, categories]."""
    import keras
    from keras import layers

    def normal() -> Any:
        return keras.initializers.VarianceScaling(1.0, "fan_in", "truncated_normal", seed=next(seeds))

    x = features = keras.Input((form.size,), name="features")
    mask = form.reads()
    read = (lambda kernel: kernel * mask) if form.unread else None
    if not form.hidden:
        first = layers.Dense(
            form.members * form.categories, kernel_initializer="zeros", kernel_constraint=read, name="first"
        )
        x = first(x)
    else:
        groups = form.groups
        outputs = form.categories * form.members // groups
        first = layers.Dense(
            groups * form.hidden, "relu", kernel_initializer=normal(), kernel_constraint=read, name="first"
        )
        x = first(x)
        if form.dropout:
            x = layers.Dropout(form.dropout, seed=next(seeds))(x)
        x = layers.Reshape((groups, form.hidden))(x)
        last = layers.EinsumDense(
            "ngh,gho->ngo", (groups, outputs), bias_axes="go", kernel_initializer=normal(), name="last"
        )
        x = last(x)
    model = keras.Model(features, layers.Reshape((form.members, form.categories))(x))
    kernel, bias = first.get_weights()
    first.set_weights([kernel * mask, bias])
    return model


def joined(model: Any, form: EnsembleForm) -> Layers:
    """Return the one head whose logits are the mean over the members of ``model``, which was built by ``form``."""
    kernel, bias = (np.asarray(weight) for weight in model.get_layer("first").get_weights())
    if not form.hidden:
        mean = [
            weight.astype(np.float64).reshape(*weight.shape[:-1], form.members, form.categories).mean(-2)
            for weight in (kernel, bias)
        ]
        return (Affine(mean[0].astype(np.float32), mean[1].astype(np.float32)),)
    last, offsets = (np.asarray(weight, np.float64) for weight in model.get_layer("last").get_weights())
    if not form.shared:  # [members * categories, hidden, 1]: each block has its own category's column, and zeros beside
        own = np.eye(form.categories)[None, :, None, :]
        last = last.reshape(form.members, form.categories, form.hidden, 1) * own
    second = last.reshape(-1, form.categories) / form.members
    offset = offsets.reshape(form.members, form.categories).mean(0)
    return (Affine(kernel, bias), Affine(second.astype(np.float32), offset.astype(np.float32)))
