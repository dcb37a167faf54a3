"""All that is read off one file, as one row of an array, so that a hundred thousand of them are 40 MB.

row = take(Path("cat.jpg"))          # of RECORD
row["fault"]                         # b"": it is a picture, and whole
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from models.decoding import decode_rgb
from models.errors import PictureError
from toolchain.data.content import describe_other, look_at
from toolchain.data.fingerprints.edges import EDGES, read_edges
from toolchain.data.fingerprints.jpeg_tables import JPEG_TABLES, read_jpeg_tables
from toolchain.data.fingerprints.looks import VIEWS, read_looks

MISSING, NO_PICTURE, TRUNCATED, DAMAGED = b"missing", b"not a picture", b"truncated", b"damaged"

RECORD = np.dtype(
    [
        ("sha256", np.uint8, 32),
        ("md5", np.uint8, 16),
        ("bytes", np.int64),
        ("format", "S8"),
        ("width", np.int32),
        ("height", np.int32),
        ("fault", "S16"),
        ("detail_of_fault", "S120"),
        ("detail", np.float32),
        ("coarse", np.uint8, (len(VIEWS), 8)),
        ("fine", np.uint8, (len(VIEWS), 32)),
        ("edges", np.float32, len(EDGES)),
        ("jpeg", np.float32, len(JPEG_TABLES)),
    ]
)
"""A row: digests, ``toolchain.data.content.Content``, what is wrong with it (``fault``: empty, or one of the four
above), ``toolchain.data.fingerprints.looks.Looks``, and the numbers that ``EDGES`` and ``JPEG_TABLES`` name. The pixels
are those of ``models.decoding.decode_rgb``; what has none keeps zeros."""


def digest(path: Path) -> bytes | None:
    """Return the SHA-256 of a file, None where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return None


def take(path: Path) -> np.void:
    """Return the row of the file at ``path``; never raises for what the file is."""
    row: Any = np.zeros((), RECORD)
    try:
        with path.open("rb") as file:
            row["md5"] = _digits(hashlib.file_digest(file, "md5"))
            file.seek(0)
            row["sha256"] = _digits(hashlib.file_digest(file, "sha256"))
            row["bytes"] = file.tell()
            file.seek(0)
            start = file.read(64)
        content = look_at(path)
    except (OSError, ValueError) as error:
        return _faulty(row, MISSING, str(error) if not isinstance(error, OSError) else error.strerror or "")
    if content is None:
        return _faulty(row, NO_PICTURE, describe_other(start))
    row["format"], row["width"], row["height"] = content.format.encode(), content.width, content.height
    try:
        _look(row, path)
    except PictureError as error:
        return _faulty(row, DAMAGED if content.whole else TRUNCATED, error.problem)
    if not content.whole:
        return _faulty(row, TRUNCATED, "its end is missing")
    made: np.void = row[()]
    return made


def _look(row: Any, path: Path) -> None:
    grey = np.asarray(Image.fromarray(decode_rgb(path, exif_rotation=True, background=(255, 255, 255))).convert("L"))
    looks = read_looks(grey)
    row["coarse"], row["fine"], row["detail"] = looks.coarse, looks.fine, looks.detail
    row["edges"], row["jpeg"] = read_edges(grey), read_jpeg_tables(path)


def _faulty(row: Any, fault: bytes, detail: str) -> np.void:
    row["fault"], row["detail_of_fault"] = fault, detail.encode()[:120]
    made: np.void = row[()]
    return made


def _digits(digest: Any) -> Any:
    return np.frombuffer(digest.digest(), np.uint8)
