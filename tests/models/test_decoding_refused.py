"""Files that are no pictures, damaged ones, and those that attackers send: the one line that refuses them."""

import os
import random
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
from encoded import colours, decode, encode, png, refusal
from PIL import Image

from models.decoding import MAX_SIDE
from models.errors import PictureError


def test_missing(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no.jpg") == f"{tmp_path}/no.jpg: no such file."


def test_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path}: a folder, not a picture."


def test_unreadable(tmp_path: Path) -> None:
    loop = tmp_path / "loop.jpg"
    loop.symlink_to(loop)
    assert refusal(loop) == f"{loop}: cannot be read (Too many levels of symbolic links)."
    assert refusal(Path("a\0b")) == "a\0b: not a path (embedded null byte)."


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_forbidden(tmp_path: Path) -> None:
    file = tmp_path / "mine.png"
    file.write_bytes(encode(colours()))
    file.chmod(0)
    assert refusal(file) == f"{file}: cannot be read (Permission denied)."


def test_device() -> None:
    assert refusal(Path("/dev/zero")) == "/dev/zero: not a regular file."


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    assert refusal(tmp_path / "empty.png") == f"{tmp_path}/empty.png: empty (got 0 bytes)."
    assert refusal(b"") == "picture: empty (got 0 bytes)."


@pytest.mark.parametrize("content", [b"x", b"%PDF-1.7 ...", b"<svg/>", b"P6 1 1 255 abc", b"RIFF1234WAVE", b"\0" * 100])
def test_not_a_picture(content: bytes) -> None:
    known = "Known: JPEG, PNG, WebP, GIF, BMP, TIFF."
    assert refusal(content) == f"picture: not a picture that rct can read. {known}"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF"])
def test_truncated(form: str) -> None:
    content = encode(colours(64, 64), form)
    name = {"WEBP": "WebP"}.get(form, form)
    for share in (0.1, 0.5, 0.9):
        message = refusal(content[: max(16, int(len(content) * share))])
        assert message.startswith(f"picture: a damaged or unusual {name} picture (")


@pytest.mark.parametrize("mode", ["I", "F"])
def test_pixels_without_a_white(mode: str) -> None:
    content = encode(np.ones((2, 2), np.int32 if mode == "I" else np.float32), "TIFF")
    problem = f"its pixels have no agreed meaning as colours (got mode {mode})"
    assert refusal(content) == f"picture: {problem}. Convert it to 8-bit RGB."


def test_decompression_bombs_are_refused_by_their_header() -> None:
    limit = "at most 100,000,000 pixels and 65,535 on a side"
    for width, height in [(10_001, 10_000), (MAX_SIDE + 1, 1), (1, 2**31 - 1), (60_000, 60_000)]:
        assert refusal(png(width, height, 8, 2, b"")) == (
            f"picture: too large (got {width}x{height}; {limit}). Make it smaller."
        )


def test_a_webp_too_large_to_open_is_too_large() -> None:
    vp8x = struct.pack("<I", 0x02) + (16_383).to_bytes(3, "little") * 2
    frame = b"ANIM" + struct.pack("<IIH", 6, 0, 0)
    body = b"WEBPVP8X" + struct.pack("<I", len(vp8x)) + vp8x + frame
    message = refusal(b"RIFF" + struct.pack("<I", len(body)) + body)
    assert message in {
        "picture: too large (got more than 100,000,000 pixels). Make it smaller.",
        "picture: a damaged or unusual WebP picture (could not create decoder object).",  # Pillow 12 looks later
    }


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF"])
def test_damage_is_decoded_or_refused_and_nothing_else(form: str) -> None:
    whole = encode(colours(24, 24), form, exif=Image.Exif()) if form == "JPEG" else encode(colours(24, 24), form)
    luck = random.Random(form)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(150):
            content = bytearray(whole)
            for _ in range(luck.randint(1, 12)):
                content[luck.randrange(len(content))] = luck.randrange(256)
            try:
                pixels = decode(bytes(content[: luck.randint(1, len(content))] if luck.random() < 0.3 else content))
            except PictureError:
                continue
            assert pixels.dtype == np.uint8
            assert pixels.shape[2] == 3
