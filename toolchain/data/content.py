"""What the bytes of a file are, whatever its name says: the format, the size, and whether anything is missing.

    content = look_at(Path("cat.jpg"))      # Content(format="png", width=640, height=480, whole=True), or None

Only headers are read, no pixel is decoded.
"""

import mmap
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PIL.TiffImagePlugin import TiffImageFile

from models.decoding import DECODERS, picture_format

SUFFIX = {"jpeg": "jpg", "png": "png", "webp": "webp", "gif": "gif", "bmp": "bmp", "tiff": "tif"}
"""What the name of a file of each format ends in."""

Bytes = bytes | mmap.mmap

_OTHERS = {
    b"<!doctype html": "HTML",
    b"<html": "HTML",
    b"<svg": "SVG",
    b"<?xml": "XML",
    b"{": "JSON",
    b"%pdf": "PDF",
    b"pk\x03\x04": "ZIP",
    b"\x1f\x8b": "gzip",
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cjxl ": "JPEG XL",
    b"\0\0\0\x0cjp  ": "JPEG 2000",
}


@dataclass(frozen=True)
class Content:
    """A picture's header.

    Attributes:
        format: "jpeg", "png", "webp", "gif", "bmp" or "tiff".
        width: pixels, as stored.
        height: likewise.
        whole: nothing is missing at its end.
    """

    format: str
    width: int
    height: int
    whole: bool


def look_at(path: Path) -> Content | None:
    """Return what the file is, or None where it is no picture in a format of ``models.decoding.DECODERS``.

    A file whose first bytes are those of a picture and whose header cannot be read is None, too.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(16)
        name = picture_format(start)
        if name is None:
            return None
        file.seek(0)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _content(name, file, data)


def describe_other(start: bytes) -> str:
    """Return in a word what the first bytes of something that is no picture look like; "" where they say nothing."""
    if not start:
        return "empty"
    if start[4:8] == b"ftyp":
        return "AVIF or HEIC" if start[8:12] in {b"avif", b"avis", b"heic", b"heix", b"mif1"} else "video"
    lower = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return next((name for signature, name in _OTHERS.items() if lower.startswith(signature)), "")


def _content(name: str, file: IO[bytes], data: mmap.mmap) -> Content | None:
    try:
        with DECODERS[name](file) as picture:
            width, height = picture.size
            whole = _tiff_is_whole(picture, len(data)) if isinstance(picture, TiffImageFile) else _WHOLE[name](data)
    except Exception:  # noqa: BLE001  decoders fed hostile bytes fail in every way there is
        return None
    return Content(name.lower(), width, height, whole)


def _jpeg_is_whole(data: Bytes) -> bool:
    """Find the end marker behind the first scan; those of thumbnails lie in segments, which are stepped over."""
    at = 2
    while at + 4 <= len(data):
        marker, length = struct.unpack_from(">HH", data, at)
        if marker == 0xFFFF:  # fill bytes
            at += 1
            continue
        at += 2 + length
        if marker == 0xFFDA:
            return data.find(b"\xff\xd9", at) >= 0
    return False


def _png_is_whole(data: Bytes) -> bool:
    return data.rfind(b"IEND\xaeB`\x82") >= 0


def _webp_is_whole(data: Bytes) -> bool:
    return int(struct.unpack_from("<I", data, 4)[0]) + 8 <= len(data)


def _bmp_is_whole(data: Bytes) -> bool:
    (start,) = struct.unpack_from("<I", data, 10)
    (header,) = struct.unpack_from("<I", data, 14)
    if header < 40:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
        compression = 0
    else:
        width, height, _, bits, compression = struct.unpack_from("<iiHHI", data, 18)
    if compression in {1, 2}:  # run lengths, which end with a mark of their own
        return bool(data.rfind(b"\0\x01") >= start)
    return int(start + (width * bits + 31) // 32 * 4 * abs(height)) <= len(data)


def _gif_is_whole(data: Bytes) -> bool:
    """Step over the blocks up to the trailer."""
    at = 13 + _palette(data[10])
    while at < len(data):
        kind = data[at]
        if kind == 0x3B:
            return True
        if kind == 0x2C and at + 9 < len(data):
            at += 11 + _palette(data[at + 9])
        elif kind == 0x21:
            at += 2
        else:
            return False
        while at < len(data) and data[at]:
            at += 1 + data[at]
        at += 1
    return False


def _palette(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _tiff_is_whole(picture: TiffImageFile, size: int) -> bool:
    """Compare with where the strips or tiles of the first picture end."""
    tags = picture.tag_v2
    for offsets, counts in ((273, 279), (324, 325)):
        if offsets in tags and counts in tags:
            return all(at + count <= size for at, count in zip(tags[offsets], tags[counts], strict=False))
    return True


_WHOLE: dict[str, Callable[[Bytes], bool]] = {
    "JPEG": _jpeg_is_whole,
    "PNG": _png_is_whole,
    "WebP": _webp_is_whole,
    "GIF": _gif_is_whole,
    "BMP": _bmp_is_whole,
}
