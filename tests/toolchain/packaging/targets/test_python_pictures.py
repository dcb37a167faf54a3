"""Pictures that are dear, moving or broken, given to the Python client's pixels.py; those of servers have the same."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from served_package import load_client

RULE = {"exif_rotation": True, "background": (255, 255, 255)}


@pytest.fixture
def pixels(packaged, monkeypatch):
    return load_client(packaged, monkeypatch).pixels


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def grey_png(width, height):
    """A PNG of one bit a pixel, all black: small, however large it is."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(((width + 7) // 8 + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def encoded(form, **options):
    stream = BytesIO()
    Image.new("RGB", (16, 12), (200, 40, 0)).save(stream, form, **options)
    return stream.getvalue()


def with_scans(count, side=64):
    """A progressive JPEG of this many scans: its last one, repeated."""
    stream = BytesIO()
    noise = np.random.default_rng(2).integers(0, 256, (side, side, 3), np.uint8)
    Image.fromarray(noise).save(stream, "JPEG", progressive=True)
    body, has = stream.getvalue()[:-2], stream.getvalue().count(b"\xff\xda")
    return body + (count - has) * body[body.rindex(b"\xff\xda") :] + b"\xff\xd9"


@pytest.mark.parametrize("side", [10_001, 20_000])
def test_more_pixels_than_the_limit_are_a_value_error(pixels, side):
    with pytest.raises(ValueError, match=f"too large \\(got {side}x{side}\\)"):
        pixels.decode(grey_png(side, side), RULE)


def test_pillows_own_limit_plays_no_part(pixels, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert pixels.decode(grey_png(30, 20), RULE).shape == (20, 30, 3)  # a warning would be an error here


def test_what_pillow_raises_is_a_value_error(pixels):
    broken = bytearray(grey_png(30, 20))
    broken[30] ^= 1  # of the header's checksum: a SyntaxError
    with pytest.raises(ValueError, match="damaged or unusual"):
        pixels.decode(bytes(broken), RULE)


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_several_frames_are_refused(pixels, form):
    moving = encoded(form, save_all=True, append_images=[Image.new("RGB", (16, 12))])
    with pytest.raises(ValueError, match="several frames"):
        pixels.decode(moving, RULE)
    assert pixels.decode(encoded(form), RULE).shape == (12, 16, 3)


def test_two_jpegs_in_one_file_as_phones_make_them_are_read(pixels):
    pair = encoded("MPO", save_all=True, append_images=[Image.new("RGB", (16, 12))])
    assert pixels.decode(pair, RULE).shape == (12, 16, 3)


def test_a_jpeg_of_a_hundred_scans_is_read_and_of_one_more_refused(pixels):
    assert pixels.decode(with_scans(100), RULE).shape == (64, 64, 3)
    with pytest.raises(ValueError, match="more than 100 scans"):
        pixels.decode(with_scans(101), RULE)
