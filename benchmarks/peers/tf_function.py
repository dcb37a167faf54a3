"""The Keras original under ``tf.function``, traced for each batch size, without the work that ``predict`` adds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.latency.model import Model
from benchmarks.peers._folder import spec_of, write_link
from benchmarks.peers._pictures import normaliser
from benchmarks.peers._tensorflow_keras import load_originals
from models.bundle import Bundle
from models.runtimes import Device

TITLE = "the Keras original, tf.function"
PACKAGES = ("keras", "tensorflow")
RECIPES = ("fp32",)
DEVICES: tuple[Device, ...] = ("cpu",)
ENVIRONMENT = {"KERAS_BACKEND": "tensorflow"}


def prepare(original: Bundle, recipe: str, calibration: Sequence[NDArray[np.uint8]], folder: Path) -> None:  # noqa: ARG001
    """Write down where the original is."""
    write_link([original], folder)


def load(folder: Path, recipe: str, contender: Contender) -> Model:  # noqa: ARG001
    """Load the original; the first batch of a size is traced, which takes seconds."""
    import tensorflow as tf

    (model,), subject = load_originals(folder, contender)

    @tf.function(reduce_retracing=False)  # type: ignore[untyped-decorator]
    def scores(image: Any) -> Any:
        return model(image, training=False)

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = scores(tf.constant(batch)).numpy()
        return found

    return Model(run=run, subject=subject, prepare=normaliser(spec_of(folder).preprocessing))
