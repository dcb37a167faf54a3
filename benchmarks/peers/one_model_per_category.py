"""A Keras model for each category, ``model.predict`` on each in turn: how several categories are had without joining.

The models share their preprocessing, and a picture is decoded, resized and normalised once for all of them, although a
program that grew model by model would do it for each: the benefit of the doubt is theirs.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.latency.model import Model
from benchmarks.peers import SPEC
from benchmarks.peers._folder import spec_of, write_files, write_link
from benchmarks.peers._pictures import normaliser
from benchmarks.peers._tensorflow_keras import load_originals
from models.bundle import Bundle
from models.joined import join_specs
from models.runtimes import Device

TITLE = "a Keras model for each category, model.predict"
PACKAGES = ("keras", "tensorflow")
RECIPES = ("fp32",)
DEVICES: tuple[Device, ...] = ("cpu",)
ENVIRONMENT = {"KERAS_BACKEND": "tensorflow"}


def prepare(original: Bundle, recipe: str, calibration: Sequence[NDArray[np.uint8]], folder: Path) -> None:  # noqa: ARG001
    """Write down where the original is: one model, whatever its categories."""
    write_link([original], folder)


def prepare_several(originals: Sequence[Bundle], folder: Path) -> None:
    """Write down where the originals are, and what they are together."""
    spec = join_specs([original.manifest.spec for original in originals])
    (folder / SPEC).write_text(spec.model_dump_json(), "utf-8")
    write_link(originals, folder)
    write_files(folder)


def load(folder: Path, recipe: str, contender: Contender) -> Model:  # noqa: ARG001
    """Load every original."""
    models, subject = load_originals(folder, contender)

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        scores = [model.predict(batch, batch_size=len(batch), verbose=0) for model in models]
        return np.concatenate(scores, axis=1).astype(np.float32, copy=False)

    return Model(run=run, subject=subject, prepare=normaliser(spec_of(folder).preprocessing))
