"""One training on several devices, each with a share of every batch.

    with on_devices(2):
        ...                        # build, compile and fit in here

JAX: ``keras.distribution.DataParallel``. TensorFlow: ``tf.distribute.MirroredStrategy``. Weights are the same on all
of them, gradients are averaged after every step, and what is drawn does not depend on their number.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from models.errors import UnavailableError


@contextmanager
def on_devices(count: int) -> Iterator[None]:
    """Spread what is built inside over the first ``count`` accelerators, or processors where there are none.

    Raises:
        UnavailableError: there are fewer, or the backend cannot.
    """
    if count == 1:
        yield
        return
    import keras

    backend = keras.backend.backend()
    if backend == "jax":
        names = keras.distribution.list_devices()
        _check(count, names)
        before = keras.distribution.distribution()
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=names[:count]))
        try:
            yield
        finally:
            keras.distribution.set_distribution(before)
    elif backend == "tensorflow":
        import tensorflow as tf

        kind = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
        names = [device.name for device in tf.config.list_logical_devices(kind)]
        _check(count, names)
        with tf.distribute.MirroredStrategy(names[:count], _reduction(tf, kind)).scope():
            yield
    else:
        raise UnavailableError("devices", f"several of them with the backend {backend}", "Take jax or tensorflow.")


def _reduction(tf: Any, kind: str) -> Any:
    return None if kind == "GPU" else tf.distribute.ReductionToOneDevice()


def _check(count: int, names: list[str]) -> None:
    if len(names) < count:
        raise UnavailableError("devices", f"there are {len(names)} (asked for {count})", "Ask for fewer.")
