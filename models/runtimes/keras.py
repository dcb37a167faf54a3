"""The original itself: Keras, on whichever backend it is configured for."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.classifier import load_keras
from models.errors import UnavailableError
from models.preprocessing import Preprocessing, normalise
from models.runtimes import Predict, RuntimeOptions
from models.tensorflow_threads import limit_threads

FORMATS = ("keras",)
DISTRIBUTION = "keras"


def load(bundle: Bundle, options: RuntimeOptions) -> Predict:
    """Load the Keras model and put the normalisation in front of it, as it was in training.

    Threads belong to the backend's process-wide settings, so ``options.threads`` is honoured only on TensorFlow, and
    only before it has run anything.

    Raises:
        UnavailableError: a GPU was asked for and the backend has none, or threads can no longer be set.
    """
    import keras

    if options.threads is not None:
        _limit_threads(keras.backend.backend(), options.threads)
    if options.device == "cuda" and not _has_gpu(keras.backend.backend()):
        raise UnavailableError(
            "device cuda",
            f"Keras' {keras.backend.backend()} backend sees no GPU",
            "Use --device cpu, or KERAS_BACKEND=jax.",
        )
    predict = predict_with([load_keras(bundle)], bundle.manifest.spec.preprocessing)
    device = "gpu:0" if options.device == "cuda" else "cpu:0"

    def predict_on_device(batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        with keras.device(device):
            return predict(batch)

    return predict_on_device


def predict_with(models: Sequence[Any], rule: Preprocessing) -> Predict:
    """Return the scores of several ``keras.Model`` that share their preprocessing, side by side."""

    def predict(batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        normalised = normalise(batch, rule)
        return np.concatenate([np.asarray(model.predict_on_batch(normalised), np.float32) for model in models], axis=1)

    return predict


def _has_gpu(backend: str) -> bool:
    if backend == "jax":
        import jax

        return any(device.platform == "gpu" for device in jax.devices())
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))


def _limit_threads(backend: str, threads: int) -> None:
    if backend != "tensorflow":
        raise UnavailableError("threads", f"Keras' {backend} backend cannot limit them", "Leave --threads out.")
    limit_threads(threads)
