"""The Keras original as most people call it: ``model.predict`` on a NumPy array."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.latency.model import Model
from benchmarks.peers._folder import spec_of, write_link
from benchmarks.peers._pictures import normaliser
from benchmarks.peers._tensorflow_keras import load_originals
from models.bundle import Bundle
from models.runtimes import Device

TITLE = "the Keras original, model.predict"
PACKAGES = ("keras", "tensorflow")
RECIPES = ("fp32",)
DEVICES: tuple[Device, ...] = ("cpu",)
ENVIRONMENT = {"KERAS_BACKEND": "tensorflow"}


def prepare(original: Bundle, recipe: str, calibration: Sequence[NDArray[np.uint8]], folder: Path) -> None:  # noqa: ARG001
    """Write down where the original is."""
    write_link([original], folder)


def load(folder: Path, recipe: str, contender: Contender) -> Model:  # noqa: ARG001
    """Load the original."""
    (model,), subject = load_originals(folder, contender)

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(model.predict(batch, batch_size=len(batch), verbose=0), np.float32)

    return Model(run=run, subject=subject, prepare=normaliser(spec_of(folder).preprocessing))
