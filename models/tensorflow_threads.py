"""TensorFlow's threads belong to the process and can be set until it has run something."""

from typing import Any

from models.errors import UnavailableError


def limit_threads(count: int) -> None:
    """Let TensorFlow compute with ``count`` threads.

    Raises:
        UnavailableError: it has already started with another number.
    """
    import tensorflow as tf

    config: Any = tf.config.threading
    if config.get_intra_op_parallelism_threads() == count:
        return
    try:
        config.set_intra_op_parallelism_threads(count)
        config.set_inter_op_parallelism_threads(1)
    except RuntimeError as error:
        raise UnavailableError(
            "threads", f"TensorFlow has already started with others (asked for {count})", "Use a fresh process."
        ) from error
