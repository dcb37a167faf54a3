"""Folders that are read together, told apart by their names."""

from collections.abc import Sequence
from pathlib import Path

from models.errors import UserError


def names_of(folders: Sequence[Path]) -> list[str]:
    """Return the name of each folder.

    Raises:
        UserError: two have the same.
    """
    names = [folder.resolve().name for folder in folders]
    for name in names:
        if names.count(name) > 1:
            raise UserError(name, "two folders of this name", "Rename one.")
    return names
