"""Pictures of many parts: refused before a decoder meets them, and those as cameras and editors write them are not."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from models.container_limits import MAX_SCANS, MAX_STEPS
from models.decoding import decode_rgb
from models.errors import PictureError


def decode(content: bytes) -> NDArray[np.uint8]:
    return decode_rgb(content, exif_rotation=False, background=(0, 0, 0))


def jpeg(**options: object) -> bytes:
    stream = BytesIO()
    Image.linear_gradient("L").convert("RGB").save(stream, "JPEG", **options)
    return stream.getvalue()


def segment(kind: int, content: bytes = b"") -> bytes:
    return bytes([0xFF, kind]) + struct.pack(">H", len(content) + 2) + content


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(before: bytes = b"", after: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0\1\2"))
    return b"\x89PNG\r\n\x1a\n" + header + before + data + after + chunk(b"IEND")


def last_scan(content: bytes) -> bytes:
    """Return the tables and the data of a JPEG's last scan."""
    return content[content.rindex(b"\xff\xc4") : -2]


def with_scans(content: bytes, count: int) -> bytes:
    return content[:-2] + last_scan(content) * (count - content.count(b"\xff\xda")) + content[-2:]


def separate_scans() -> bytes:
    """Return a sequential JPEG whose three components have each a scan of their own, all of them with no data."""
    content = jpeg()
    start = content.index(b"\xff\xda")
    return content[:start] + b"".join(segment(0xDA, bytes([1, kind, 0, 0, 63, 0])) for kind in (1, 2, 3)) + b"\xff\xd9"


PROGRESSIVE = jpeg(progressive=True)


def test_as_many_scans_as_there_may_be_change_nothing_that_was_not_damaged() -> None:
    assert PROGRESSIVE.count(b"\xff\xda") == 10
    assert decode(PROGRESSIVE).shape == decode(with_scans(PROGRESSIVE, MAX_SCANS)).shape == (256, 256, 3)


@pytest.mark.parametrize(
    "hidden",
    [
        lambda scan: scan,
        lambda scan: scan.replace(b"\xff\xda", b"\xff\xff\xda"),  # fill
        lambda scan: b"\xff\xd0\0\xff\0" + scan,  # a restart, and stray bytes
        lambda scan: b"\xff\x02\0\x40" + scan,  # a marker that is skipped without its length
    ],
)
def test_one_scan_more_is_refused(hidden: Callable[[bytes], bytes]) -> None:
    scan = hidden(last_scan(PROGRESSIVE))
    content = PROGRESSIVE[:-2] + scan * (MAX_SCANS - 9) + PROGRESSIVE[-2:]
    with pytest.raises(PictureError, match=r"^picture: a damaged or unusual JPEG picture \(more than 100 scans\)\.$"):
        decode(content)


def test_scans_of_a_sequential_picture_are_counted_too() -> None:
    content = separate_scans()
    assert decode(content).shape == (256, 256, 3)
    with pytest.raises(PictureError, match="more than 100 scans"):
        decode(content[:-2] + segment(0xDA, bytes([1, 3, 0, 0, 63, 0])) * MAX_SCANS + content[-2:])


@pytest.mark.parametrize("content", [PROGRESSIVE, separate_scans(), jpeg()], ids=["progressive", "separate", "one"])
def test_what_only_looks_like_scans_is_none(content: bytes) -> None:
    looks = b"\xff\xda\0\2" * 5000
    expected = decode(content)
    for kind in (0xE2, 0xFE):
        assert (decode(content[:2] + segment(kind, looks) + content[2:]) == expected).all()
        before_scan = content.rindex(b"\xff\xda")
        assert (decode(content[:before_scan] + segment(kind, looks) + content[before_scan:]) == expected).all()
    assert (decode(content + looks) == expected).all()  # a film behind a photograph, as telephones have it


@pytest.mark.parametrize(
    "many", [segment(0xFE), segment(0xE0), b"\xff", b"\xff\0", b"\xff\xd0"], ids=["COM", "APP0", "fill", "zero", "RST"]
)
def test_segments_are_few(many: bytes) -> None:
    content = jpeg()
    few = content[:2] + many * 200 + content[2:]
    assert (decode(few) == decode(content)).all()
    with pytest.raises(PictureError, match=r"a damaged or unusual JPEG picture \(more than 2,000 segments\)"):
        decode(content[:2] + many * MAX_STEPS + content[2:])


def test_a_colour_profile_of_many_segments_is_read() -> None:
    assert (decode(jpeg(icc_profile=bytes(4_000_000))) == decode(jpeg())).all()


def test_chunks_are_few() -> None:
    for kind in (b"tEXt", b"abCd", b"IDAT"):
        extra = chunk(kind, b"a\0b" if kind == b"tEXt" else b"")
        assert decode(png(after=extra * 500)).shape == (1, 2, 3)
        for content in (png(before=extra * MAX_STEPS), png(after=extra * MAX_STEPS)):
            with pytest.raises(PictureError, match=r"unusual PNG picture \(more than 2,000 small chunks\)"):
                decode(content)


def test_large_chunks_may_be_many() -> None:
    assert decode(png(before=chunk(b"abCd", bytes(1024)) * (MAX_STEPS + 1))).shape == (1, 2, 3)


def test_a_png_has_one_colour_profile() -> None:
    profile = chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(900_000)))
    assert decode(png(before=profile)).shape == (1, 2, 3)
    with pytest.raises(PictureError, match=r"a damaged or unusual PNG picture \(more than one colour profile\)"):
        decode(png(before=profile * 2))
