"""Originals as Keras models on TensorFlow, with the threads that were asked for."""

from pathlib import Path
from typing import Any

from benchmarks.latency.contender import Contender
from benchmarks.latency.report import Subject
from benchmarks.peers._folder import linked, subject
from models.classifier import load_keras
from models.errors import UnavailableError
from models.tensorflow_threads import limit_threads


def prepare_tensorflow(contender: Contender) -> None:
    """Check that Keras runs on TensorFlow, and limit its threads.

    Raises:
        UnavailableError: it runs on another backend, or TensorFlow has started with other threads.
    """
    import keras

    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise UnavailableError(
            contender.name, f"wants Keras on TensorFlow (got {backend})", "Set KERAS_BACKEND=tensorflow."
        )
    if contender.threads is not None:
        limit_threads(contender.threads)


def load_originals(folder: Path, contender: Contender) -> tuple[list[Any], Subject]:
    """Return the ``keras.Model`` of each linked original, and their description.

    Raises:
        UnavailableError: as ``prepare_tensorflow``.
        NetworkError: an original cannot be loaded.
    """
    import keras
    import tensorflow as tf

    prepare_tensorflow(contender)
    described = subject(contender, f"keras {keras.__version__}", tf.__version__, "tensorflow")
    return [load_keras(original) for original in linked(folder)], described
