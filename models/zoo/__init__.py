"""The classifiers that we ship: each a folder with a Keras bundle, its licence and its model card.

default_names()          # those that are exported as one graph when nobody names any
"""

from pathlib import Path

from models.errors import UnknownName

_HERE = Path(__file__).parent
_DEFAULTS = ("open_nsfw", "cartoon")
"""They share a backbone, so that the second costs next to nothing."""


def zoo_names() -> tuple[str, ...]:
    """Return the names of the classifiers that we ship."""
    return tuple(sorted(path.parent.name for path in _HERE.glob("*/manifest.json")))


def default_names() -> tuple[str, ...]:
    """Return the classifiers that are meant where none is named, in the order of their scores."""
    return tuple(name for name in _DEFAULTS if name in zoo_names())


def zoo_path(name: str) -> Path:
    """Return the folder of the classifier of this name.

    Raises:
        UnknownName: we ship none of this name.
    """
    if name not in zoo_names():
        raise UnknownName("classifier", name, zoo_names())
    return _HERE / name
