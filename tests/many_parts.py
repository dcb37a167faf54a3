"""Small pictures of so many parts that they would take long to decode, and those of just few enough, by name.

many_parts()["small chunks"]    # (bytes, whether there are too many)
"""

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO

import numpy as np
from PIL import Image


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def encoded(form: str, width: int = 32, **options: object) -> bytes:
    """Return a noisy picture 24 pixels high as a file of this format."""
    noise = np.random.default_rng(2).integers(0, 256, (24, width, 3), np.uint8)
    stream = BytesIO()
    Image.fromarray(noise).save(stream, form, **options)
    return stream.getvalue()


def many_parts() -> Mapping[str, tuple[bytes, bool]]:
    """Return pictures and whether they are to be refused; what is put in stands behind the file's header."""
    jpeg, png = encoded("JPEG"), encoded("PNG")
    steps = _segments_before_scan(jpeg)
    profile = chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(bytes(400)))

    def in_jpeg(parts: bytes) -> bytes:
        return jpeg[:2] + parts + jpeg[2:]

    def in_png(parts: bytes) -> bytes:
        return png[:33] + parts + png[33:]

    def with_scans(count: int) -> bytes:
        body = encoded("JPEG", progressive=True)[:-2]
        last, has = body[body.rindex(b"\xff\xda") :], body.count(b"\xff\xda")
        return body + (count - has) * last + b"\xff\xd9"

    return {
        "comments": (in_jpeg(b"\xff\xfe\0\2" * (1999 - steps)), False),
        "one comment more": (in_jpeg(b"\xff\xfe\0\2" * (2000 - steps)), True),
        "fill": (in_jpeg(b"\xff" * (1999 - steps)), False),
        "one byte of fill more": (in_jpeg(b"\xff" * (2000 - steps)), True),
        "a long comment": (in_jpeg(b"\xff\xfe\xff\xff" + b"\xff\xda" * 32766 + b"\0"), False),
        "scans": (with_scans(100), False),
        "one scan more": (with_scans(101), True),
        "small chunks": (in_png(chunk(b"prVt", b"1") * 1999), False),  # and the header
        "one small chunk more": (in_png(chunk(b"prVt", b"1") * 2000), True),
        "large chunks": (in_png(chunk(b"prVt", bytes(1024)) * 2100), False),
        "pixels in large chunks": (_pixels_in_chunks(encoded("PNG", width=30_000), 1024), False),  # some 2,100
        "a profile in segments": (encoded("JPEG", icc_profile=bytes(1_000_000)), False),  # 16, as many as that takes
        "a profile": (in_png(profile), False),
        "two profiles": (in_png(profile * 2), True),
        "texts behind the end": (png + chunk(b"tEXt", b"a\0b") * 2100, False),
    }


def _segments_before_scan(jpeg: bytes) -> int:
    """Return how many parts a JPEG of Pillow's has before its scan, that which begins the file among them."""
    at, count = 2, 1
    while jpeg[at : at + 2] != b"\xff\xda":
        at, count = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big"), count + 1
    return count


def _pixels_in_chunks(png: bytes, size: int) -> bytes:
    """Return a PNG with its compressed pixels in chunks of this size."""
    at, pixels = 33, b""
    while (kind := png[at + 4 : at + 8]) != b"IEND":
        length = int.from_bytes(png[at : at + 4], "big")
        assert kind == b"IDAT"
        pixels, at = pixels + png[at + 8 : at + 8 + length], at + length + 12
    return png[:33] + b"".join(chunk(b"IDAT", pixels[i : i + size]) for i in range(0, len(pixels), size)) + png[at:]
