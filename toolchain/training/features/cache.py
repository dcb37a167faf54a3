"""Features on disk: files of a few hundred rows each, every one of them whole or not there.

    cache = FeatureCache(folder, size=1024)
    cache.write(rows)                            # one file, in one step
    cache.read(keys, into)                       # float16 [keys, 1024]

A folder belongs to one way of computing features (backbone, taps, preprocessing, changes of the views): its name is a
digest of that. Within, a row is found by what was looked at: the digest of the picture's bytes, the quarter turns that
its dataset asks for, and the number of the view. So a picture that is moved or renamed is found again, one that is
changed is not, and a computation that was killed goes on where the last whole file ends.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.errors import UserError

_PROBLEM = 200
"""Most bytes that are kept of the reason why a picture could not be read."""


class Key(NamedTuple):
    """What was looked at: ``picture`` is the SHA-256 of its bytes, ``turns`` counter-clockwise, ``view`` 0 for none."""

    picture: bytes
    turns: int
    view: int


@dataclass(frozen=True)
class Row:
    """``features`` float32 [size]; none where ``problem`` says why the picture could not be read."""

    key: Key
    features: NDArray[np.float32] | None
    problem: str = ""


@dataclass(frozen=True)
class FeatureCache:
    """The files of one way of computing ``size`` features."""

    folder: Path
    size: int

    def write(self, rows: Sequence[Row]) -> None:
        """Keep ``rows`` as a file; its name is a digest of their keys, so the same rows are the same file.

        Raises:
            UserError: features beyond what float16 holds.
        """
        record = np.zeros(len(rows), self._kind)
        for place, row in zip(record, rows, strict=True):
            place["picture"] = np.frombuffer(row.key.picture, np.uint8)
            place["turns"], place["view"] = row.key.turns, row.key.view
            place["problem"] = row.problem.encode()[:_PROBLEM]
            if row.features is not None:
                with np.errstate(over="ignore"):  # seen below
                    place["features"] = row.features
        if not np.isfinite(record["features"]).all():
            raise UserError("features", "beyond the range of float16", "Look at the backbone's weights.")
        keys = b"".join(row.key.picture + bytes([row.key.turns]) + row.key.view.to_bytes(2) for row in rows)
        target = self.folder / f"{hashlib.sha256(keys).hexdigest()[:24]}.npy"
        unfinished = target.with_suffix(f".part-{os.getpid()}")
        self.folder.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as stream:
            np.save(stream, record)
        os.replace(unfinished, target)  # noqa: PTH105

    def known(self) -> dict[Key, str]:
        """Return the keys of every row that is there, with the reason where the picture could not be read."""
        found: dict[Key, str] = {}
        for file in self._files():
            record = self._open(file)
            if record is not None:
                found.update(
                    zip(
                        _keys(record), (one.decode(errors="replace") for one in record["problem"].tolist()), strict=True
                    )
                )
        return found

    def read(self, keys: Sequence[Key], into: NDArray[np.float16]) -> None:
        """Copy the features of ``keys`` into ``into``, float16 [keys, size]; those of unreadable pictures are zeros.

        Raises:
            KeyError: a row is not there.
        """
        places: dict[Key, list[int]] = {}
        for place, key in enumerate(keys):
            places.setdefault(key, []).append(place)
        for file in self._files():
            record = self._open(file)
            if record is None:
                continue
            wanted = [(place, row) for row, key in enumerate(_keys(record)) for place in places.pop(key, ())]
            if wanted:
                to, of = np.array(wanted).T
                into[to] = record["features"][of]
        if places:
            raise KeyError(next(iter(places)))

    @property
    def _kind(self) -> np.dtype[np.void]:
        return np.dtype(
            [
                ("picture", np.uint8, 32),
                ("turns", np.uint8),
                ("view", np.uint16),
                ("problem", f"S{_PROBLEM}"),
                ("features", np.float16, self.size),
            ]
        )

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.npy"))

    def _open(self, file: Path) -> NDArray[np.void] | None:
        """Return a file's rows, mapped into memory; one that is no longer whole is removed, and counts for nothing.

        Raises:
            UserError: it may be whole, but cannot be read.
        """
        try:
            record = np.load(file, mmap_mode="r", allow_pickle=False)
        except (ValueError, EOFError, FileNotFoundError):
            record = None
        except OSError as error:
            raise UserError(
                file, f"cannot be read ({error.strerror or error})", "Mend what keeps it, or remove the folder."
            ) from error
        if record is None or record.dtype != self._kind:
            file.unlink(missing_ok=True)
            return None
        return np.asarray(record)


def _keys(record: NDArray[np.void]) -> list[Key]:
    pictures = np.ascontiguousarray(record["picture"]).view("V32")[:, 0]
    rows = zip(pictures.tolist(), record["turns"].tolist(), record["view"].tolist(), strict=True)
    return [Key(bytes(picture), turns, view) for picture, turns, view in rows]
