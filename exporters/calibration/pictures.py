"""The pictures that activation ranges are measured on: the set that we ship, or the user's own.

calibration = calibration_set(None)
for batch in calibration.batches(rule, batch_size=16):    # uint8 [n, height, width, 3]; as many passes as are needed
    ...
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.errors import UserError
from models.manifest import file_sha256
from models.pictures import find_pictures, read_batches
from models.preprocessing import Preprocessing

FEWEST = 16
"""Fewest readable pictures that ranges are measured on; a hundred or more is better."""

_FOLDER = Path(__file__).with_name("pictures")
# in the public domain or CC0, for golden vectors go into every bundle, away from LICENSES.md
_GOLDEN = (
    "photo-windmill.jpg",  # bright, tall
    "photo-fish23.jpg",  # dark, wide
    "photo-measuringtape4.jpg",  # almost white
    "drawing-tigre04_architetto_franc_01.jpg",  # many edges on a pale ground
    "drawing-aircraft_jarno_vasamaa2.jpg",  # flat colour, very wide
    "drawing-paesaggio_marino_archite_01.jpg",  # saturated colours, black outlines
)


@dataclass(frozen=True)
class CalibrationSet:
    """Pictures, and the digest that a manifest records of them.

    Attributes:
        paths: the files, at least ``FEWEST``.
        sha256: SHA-256 over the files' own SHA-256 digests, in hexadecimal, sorted and joined by newlines; it depends
            neither on the files' names nor on their order.
    """

    paths: tuple[Path, ...]
    sha256: str

    def batches(self, rule: Preprocessing, batch_size: int) -> Iterator[NDArray[np.uint8]]:
        """Yield the pictures, decoded and resized, as uint8 [n, rule.height, rule.width, 3] with n <= ``batch_size``.

        Unreadable pictures are passed over.

        Raises:
            UserError: at the end, when fewer than ``FEWEST`` could be read.
        """
        read = 0
        for batch in read_batches(self.paths, rule, batch_size):
            if batch.paths:
                yield batch.pixels
                read += len(batch.paths)
        if read < FEWEST:
            _refuse(self.paths[0].parent, f"too few readable pictures (got {read} of {len(self.paths)})")

    def readable(self, rule: Preprocessing) -> "CalibrationSet":
        """Return the set without the pictures that cannot be read; the same set if there are none.

        Raises:
            UserError: fewer than ``FEWEST`` are left.
        """
        paths = tuple(path for batch in read_batches(self.paths, rule, FEWEST) for path in batch.paths)
        if len(paths) < FEWEST:
            _refuse(self.paths[0].parent, f"too few readable pictures (got {len(paths)} of {len(self.paths)})")
        return self if paths == self.paths else _set_of(paths)


def default_pictures() -> tuple[Path, ...]:
    """Return the hundred pictures that we ship, photographs and drawings; LEDGER.csv says whose they are."""
    return tuple(sorted(_FOLDER.glob("*.jpg")))


def golden_pictures() -> tuple[Path, ...]:
    """Return the six of them that golden vectors are made from, as different from each other as they come."""
    return tuple(_FOLDER / name for name in _GOLDEN)


def calibration_set(folder: Path | None = None) -> CalibrationSet:
    """Return the pictures in ``folder`` and in its folders, or those that we ship.

    Raises:
        UserError: there is no such folder, it holds fewer than ``FEWEST`` pictures, or one of them cannot be opened.
    """
    paths = default_pictures() if folder is None else tuple(find_pictures([folder]))
    if len(paths) < FEWEST:
        _refuse(folder or _FOLDER, f"too few pictures to calibrate on (got {len(paths)})")
    return _set_of(paths)


def _set_of(paths: tuple[Path, ...]) -> CalibrationSet:
    digests = sorted(_digest(path) for path in paths)
    return CalibrationSet(paths, hashlib.sha256("\n".join(digests).encode()).hexdigest())


def _digest(path: Path) -> str:
    try:
        return file_sha256(path)
    except OSError as error:
        raise UserError(path, f"cannot be read ({error.strerror})") from error


def _refuse(subject: Path, problem: str) -> None:
    raise UserError(subject, problem, f"Give at least {FEWEST}, better 100 or more.")
