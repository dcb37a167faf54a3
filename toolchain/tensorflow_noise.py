"""TensorFlow greets everybody with lines that nobody asked for, before any setting of its own can stop it.

quiet_keras()      # imports Keras and its backend; what they have to say that matters is still said
"""

import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from models.keras_backend import check_installed

_NOISE = re.compile(
    rb"$|I\d{4} |WARNING: All log messages before absl::InitializeLog|To enable the following instructions: "
    rb"|.*Unable to register cu|.*computation_placer"
)


def quiet_keras() -> None:
    """Import Keras with its backend; later imports are free and silent. Whatever else is wrong shows where it is used.

    Raises:
        UnavailableError: the backend is not installed.
    """
    check_installed()
    logging.getLogger("tensorflow").addFilter(_worth_saying)
    if "keras" in sys.modules:
        return
    with _without_noise():
        try:
            import keras  # noqa: F401
        except ImportError:
            return


def _worth_saying(record: logging.LogRecord) -> bool:
    """Tell whether a line of TensorFlow's log is for the user: that several models are each traced once is not."""
    return "triggered tf.function retracing" not in record.getMessage()


@contextmanager
def _without_noise() -> Iterator[None]:
    """Hold what is written to file descriptor 2, by C++ too, and let through what is not noise."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as held:
        kept = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            _let_through(held)


def _let_through(held: BinaryIO) -> None:
    held.seek(0)
    for line in held:
        if not _NOISE.match(line.rstrip(b"\n")):
            os.write(2, line)
