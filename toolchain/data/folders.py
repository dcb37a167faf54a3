"""What the place of a picture in a folder says of it: ``<label>/…`` or ``<split>/<label>/…``, as Keras reads it."""

from collections.abc import Sequence
from pathlib import PurePath

_SPLIT_OF = {"train": "train", "val": "val", "valid": "val", "validation": "val", "test": "test"}


def split_of(name: str) -> str:
    """Return "train", "val" or "test" for what a source calls a split, "" where it is none of them.

    >>> split_of("Validation")
    "val"
    """
    return _SPLIT_OF.get(name.strip().lower(), "")


def label_and_split(path: PurePath) -> tuple[str, str]:
    """Return the label and the split of a picture at ``path``, relative to its folder; "" for what is not said."""
    parts = path.parts[:-1]
    split = split_of(parts[0]) if parts else ""
    return parts[1 if split else 0] if len(parts) > bool(split) else "", split


def answers(label: str, categories: Sequence[str] | None) -> dict[str, bool]:
    """Return what a picture with this label says yes and no to.

    If it is one of ``categories``, it is a yes for that one and nothing is known of the others; any other label
    ("normal", "photo") is a no for all of them. Without ``categories`` each label is a category of its own.
    """
    if not categories or label in categories:
        return {label: True}
    return dict.fromkeys(categories, False)
