"""Keras: TensorFlow's trace where that is its backend; with another backend nothing can be seen."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.why.document import Why
from benchmarks.why.feeding import fit
from benchmarks.why.tensorflow_trace import trace

SUFFIXES = (".keras",)
PACKAGE = "keras"


def profile(model: Path, batch: NDArray[np.uint8], contender: Contender) -> Why:
    """Run the model's ``predict_on_batch``."""
    import keras

    backend = keras.backend.backend()
    if backend != "tensorflow":
        return Why(notes=(f"Keras on {backend} shows no times by operator.",))
    network = keras.models.load_model(model, compile=False)
    feed = fit(batch, network.input_shape, np.float32)
    with keras.device("gpu:0" if contender.device == "cuda" else "cpu:0"):
        return trace(lambda: network.predict_on_batch(feed))
