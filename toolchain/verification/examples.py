"""The pictures that two classifiers are compared on, with labels where their folders give them.

examples = find_examples(["photos/"], ("adult", "cartoon"))
examples.names            # ("adult/a.jpg", "normal/b.jpg"), as reports call them
examples.truth(examples.paths)    # bool [2, 2]
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from exporters.calibration.pictures import default_pictures
from models.pictures import find_pictures, read_labels


@dataclass(frozen=True)
class Examples:
    """Files; the folder that their names are relative to; and what each shows, where that is known."""

    paths: tuple[Path, ...]
    root: Path
    labels: tuple[str, ...]
    shown: Mapping[Path, str] = field(default_factory=dict)

    def name(self, path: Path) -> str:
        """Return the name that reports use for ``path``."""
        return Path(os.path.relpath(path, self.root)).as_posix()

    def truth(self, paths: Sequence[Path]) -> NDArray[np.bool_] | None:
        """Return what ``paths`` show, bool [len(paths), categories], or None where nothing is known."""
        if not self.shown:
            return None
        return np.array([[self.shown[path] == label for label in self.labels] for path in paths], np.bool_)


def find_examples(arguments: Sequence[str] | None, labels: Sequence[str]) -> Examples:
    """Return the pictures that files, folders and patterns stand for; without any, those that we ship.

    One folder whose sub-folders are named like categories gives labels too.

    Raises:
        UserError: there are none, or pictures lie beside the labelled folders.
    """
    if not arguments:
        shipped = default_pictures()
        return Examples(shipped, shipped[0].parent, tuple(labels))
    folder = Path(arguments[0])
    if len(arguments) == 1 and folder.is_dir():
        shown = read_labels(folder, labels)
        paths = tuple(find_pictures([folder]))
        return Examples(paths, folder, tuple(labels), shown or {})
    return Examples(tuple(find_pictures(list(arguments))), Path.cwd(), tuple(labels))
