"""Which backend Keras is to run on, by the environment variable KERAS_BACKEND, and where it will not do."""

import os
from importlib.util import find_spec

from models.errors import UnavailableError

DEFAULT = "tensorflow"
BACKENDS = (DEFAULT, "jax", "torch", "openvino")
"""Keras' own; each is a package of the same name."""


def backend() -> str:
    """Return the name that KERAS_BACKEND gives, which need not be one of ``BACKENDS``."""
    return os.environ.get("KERAS_BACKEND") or DEFAULT


def is_installed(name: str) -> bool:
    """Return whether there is such a backend here; nothing is imported."""
    return name in BACKENDS and find_spec(name) is not None


def check_installed() -> None:
    """Raise UnavailableError where Keras could not be imported for want of its backend."""
    name = backend()
    if not is_installed(name):
        raise UnavailableError(f"KERAS_BACKEND={name}", "not installed", "Unset it, or install that backend.")


def check_backend(work: str, *able: str) -> None:
    """Raise UnavailableError where ``work`` ("training") cannot be done on this backend, only on those in ``able``."""
    if backend() not in able:
        raise UnavailableError(
            f"KERAS_BACKEND={backend()}", f"{work} takes Keras on {' or '.join(able)}", f"Unset it, or name {able[0]}."
        )
