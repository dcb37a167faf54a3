"""Pictures written as files in memory, and what comes of reading them."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from models.decoding import decode_rgb
from models.errors import PictureError

WHITE = (255, 255, 255)


def decode(content: bytes | Path, *, exif_rotation: bool = True, background: tuple[int, int, int] = WHITE) -> NDArray:
    return decode_rgb(content, exif_rotation=exif_rotation, background=background)


def encode(pixels: NDArray, form: str = "PNG", mode: str | None = None, **options: object) -> bytes:
    picture = Image.fromarray(pixels)
    stream = BytesIO()
    (picture.convert(mode) if mode else picture).save(stream, form, **options)
    return stream.getvalue()


def colours(height: int = 5, width: int = 7) -> NDArray:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)


def refusal(content: bytes | Path) -> str:
    with pytest.raises(PictureError) as caught:
        decode(content)
    message = str(caught.value)
    assert "\n" not in message
    return message


def png(width: int, height: int, bit_depth: int, colour_type: int, rows: bytes, *extra: tuple[bytes, bytes]) -> bytes:
    """A PNG written by hand, from the specification."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, bit_depth, colour_type, 0, 0, 0)
    chunks = [(b"IHDR", header), *extra, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks)
