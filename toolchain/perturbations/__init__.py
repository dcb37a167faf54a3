"""Changes that pictures go through in the world: one module per kind, found by its file name, loaded when asked for.

    perturb(picture, "jpeg", "q30", np.random.default_rng(0))     # uint8 [h, w, 3] in, uint8 [h', w', 3] out
    perturbation_names()                                          # ("aspect", "blur", …); nothing is imported

They measure how robust a classifier is, and make augmented views to train on. A module ``white_balance.py`` is the
perturbation ``white-balance``, and has these names:

    SUMMARY: str                       what it does, in a line
    LEVELS: Mapping[str, ...]          name of each strength to its numbers, in the order of a table
    apply(picture, level, rng)         returns the changed picture; ``level`` is a key of LEVELS

``apply`` is pure: it leaves ``picture`` (uint8 [h, w, 3], RGB, any size from 1 x 1 on) as it is, draws from ``rng``
only, and gives the same for the same state of it. What a picture shows stays what it shows, so its labels stay.
Adding a perturbation is adding a file.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast

from models.errors import UnknownName
from toolchain.plugins import load_plugin, plugin_names

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Perturbation(Protocol):
    """What a module in this package has."""

    SUMMARY: str
    LEVELS: Mapping[str, Any]

    def apply(  # noqa: D102
        self, picture: "NDArray[np.uint8]", level: str, rng: "np.random.Generator"
    ) -> "NDArray[np.uint8]": ...


def perturbation_names() -> tuple[str, ...]:
    """Return the names of the perturbations, sorted; nothing is imported."""
    return plugin_names(__path__)


def perturbation(name: str) -> Perturbation:
    """Return the perturbation of this name.

    Raises:
        UnknownName: there is none.
    """
    return cast("Perturbation", load_plugin(__name__, __path__, "perturbation", name))


def perturb(picture: "NDArray[np.uint8]", name: str, level: str, rng: "np.random.Generator") -> "NDArray[np.uint8]":
    """Return ``picture`` (uint8 [h, w, 3], RGB) changed by the perturbation ``name`` at ``level``.

    Raises:
        UnknownName: there is no such perturbation, or it has no such level.
    """
    module = perturbation(name)
    if level not in module.LEVELS:
        raise UnknownName(f"level of {name}", level, module.LEVELS)
    return module.apply(picture, level, rng)
