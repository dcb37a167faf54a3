"""The classifiers that we ship: each a folder with a Keras bundle, its licence and its model card."""

from pathlib import Path

from models.errors import UnknownName

DEFAULT = "open_nsfw"
_HERE = Path(__file__).parent


def zoo_names() -> tuple[str, ...]:
    """Return the names of the classifiers that we ship."""
    return tuple(sorted(path.parent.name for path in _HERE.glob("*/manifest.json")))


def zoo_path(name: str) -> Path:
    """Return the folder of the classifier of this name.

    Raises:
        UnknownName: we ship none of this name.
    """
    if name not in zoo_names():
        raise UnknownName("classifier", name, zoo_names())
    return _HERE / name
