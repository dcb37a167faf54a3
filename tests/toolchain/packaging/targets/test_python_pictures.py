"""Pictures that are dear, moving or broken, given to the Python client; those of servers have the same code."""

import re
import struct
import zlib
from io import BytesIO

import pytest
from many_parts import chunk, many_parts
from PIL import Image
from served_package import load_client

from models.container_limits import excess
from models.decoding import picture_format

PARTS = many_parts()
RULE = {"exif_rotation": True, "background": (255, 255, 255)}


@pytest.fixture
def client(packaged, monkeypatch):
    return load_client(packaged, monkeypatch)


def grey_png(width, height):
    """A PNG of one bit a pixel, all black: small, however large it is."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(((width + 7) // 8 + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def encoded(form, **options):
    stream = BytesIO()
    Image.new("RGB", (16, 12), (200, 40, 0)).save(stream, form, **options)
    return stream.getvalue()


@pytest.mark.parametrize("side", [10_001, 20_000])
def test_more_pixels_than_the_limit_are_a_value_error(client, side):
    with pytest.raises(ValueError, match=f"too large \\(got {side}x{side}\\)"):
        client.decode(grey_png(side, side), RULE)


def test_pillows_own_limit_plays_no_part(client, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert client.decode(grey_png(30, 20), RULE).shape == (20, 30, 3)  # a warning would be an error here


def test_what_pillow_raises_is_a_value_error(client):
    broken = bytearray(grey_png(30, 20))
    broken[30] ^= 1  # of the header's checksum: a SyntaxError
    with pytest.raises(ValueError, match="damaged or unusual"):
        client.decode(bytes(broken), RULE)


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_several_frames_are_refused(client, form):
    moving = encoded(form, save_all=True, append_images=[Image.new("RGB", (16, 12))])
    with pytest.raises(ValueError, match="several frames"):
        client.decode(moving, RULE)
    assert client.decode(encoded(form), RULE).shape == (12, 16, 3)


def test_two_jpegs_in_one_file_as_phones_make_them_are_read(client):
    pair = encoded("MPO", save_all=True, append_images=[Image.new("RGB", (16, 12))])
    assert client.decode(pair, RULE).shape == (12, 16, 3)


@pytest.mark.parametrize("name", PARTS)
def test_a_picture_of_too_many_parts_is_refused_as_by_rct(client, name):
    content, too_many = PARTS[name]
    reason = excess(picture_format(content[:16]), BytesIO(content))
    assert bool(reason) == too_many
    if too_many:
        with pytest.raises(ValueError, match=re.escape(f"damaged or unusual ({reason})")):
            client.decode(content, RULE)
    else:
        width, height = Image.open(BytesIO(content)).size
        assert client.decode(content, RULE).shape == (height, width, 3)
