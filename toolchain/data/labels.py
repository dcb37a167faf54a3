"""What is said of a category that a dataset has no picture of."""

from collections.abc import Sequence
from pathlib import Path

from models.errors import UserError
from toolchain.data.reading.names import nearest


def not_labelled(place: Path, name: str, known: Sequence[str]) -> UserError:
    """Return the error of a category ``name`` that no picture at ``place`` is labelled with.

    It offers the nearest of ``known``, the labels that there are, and lists them all.
    """
    listed = f"It has {', '.join(known) or 'no labels'}."
    return UserError(place, f"no picture is labelled {name}", " ".join(filter(None, (nearest(name, known), listed))))
