"""A file that has arrived: what is it, is it what was meant, and where does it stay."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.decoding import MAX_SIDE
from toolchain.data.content import SUFFIX, Content, describe_other, look_at
from toolchain.data.fetching.outcome import Failed, Outcome
from toolchain.data.fetching.placeholders import PLACEHOLDERS

PICTURES = "pictures"
_CHUNK = 1 << 18


@dataclass(frozen=True)
class Expected:
    """What an arriving file is held to.

    Attributes:
        max_pixels: width times height at the most.
        md5: 32 hexadecimal digits, "" where nothing is known.
        placeholders: MD5 of files that stand for a missing picture, and whose they are.
    """

    max_pixels: int
    md5: str = ""
    placeholders: Mapping[str, str] = field(default_factory=lambda: PLACEHOLDERS)


def examine(path: Path, expected: Expected) -> Outcome:
    """Return what the picture at ``path`` is, without its place.

    Raises:
        Failed: it is no picture, not the one that was meant, or not one that we keep.
        OSError: it cannot be read.
    """
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        start = file.read(32)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            sha256.update(chunk)
            md5.update(chunk)
    if md5.hexdigest() in expected.placeholders:
        raise Failed("placeholder", expected.placeholders[md5.hexdigest()])
    content = look_at(path)
    if content is None:
        raise Failed("not a picture", describe_other(start))
    if expected.md5 and md5.hexdigest() != expected.md5.lower():
        raise Failed("wrong md5", f"{md5.hexdigest()}, not {expected.md5.lower()}", last=True)
    _refuse(content, expected.max_pixels)
    return Outcome(
        sha256=sha256.hexdigest(),
        bytes=path.stat().st_size,
        format=content.format,
        width=content.width,
        height=content.height,
    )


def _refuse(content: Content, max_pixels: int) -> None:
    size = f"{content.width}x{content.height}"
    if content.width * content.height > max_pixels or max(content.width, content.height) > MAX_SIDE:
        raise Failed("too many pixels", size)
    if not content.whole:
        raise Failed("truncated", f"{content.format}, {size}", again=True)


def keep(path: Path, folder: Path, found: Outcome) -> str:
    """Move the file under ``folder`` to where its content belongs, and return that place, relative to ``folder``.

    It is on the disk before it has its name; what is there already is the same bytes and stays.
    """
    place = f"{PICTURES}/{found.sha256[:2]}/{found.sha256}.{SUFFIX[found.format]}"
    target = folder / place
    if not (target.is_file() and target.stat().st_size == found.bytes):
        target.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        path.replace(target)
    return place
