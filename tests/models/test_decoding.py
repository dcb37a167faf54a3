"""Pictures of every kind that people and attackers send: what they decode to, or the one line that refuses them."""

import os
import random
import struct
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from models.decoding import MAX_PIXELS, MAX_SIDE, decode_rgb
from models.errors import PictureError

WHITE = (255, 255, 255)
LOSSLESS = [("PNG", {}), ("BMP", {}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"}), ("WEBP", {"lossless": True})]


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


@pytest.mark.parametrize(("form", "options"), LOSSLESS)
def test_lossless_formats_come_back_as_they_were(form: str, options: dict[str, object]) -> None:
    assert np.array_equal(decode(encode(colours(), form, **options)), colours())


def test_a_file_and_its_bytes_are_the_same_picture(tmp_path: Path) -> None:
    for form in ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP"):
        file = tmp_path / "named.jpg"  # the content decides, not the name
        file.write_bytes(encode(colours(), form))
        assert np.array_equal(decode(file), decode(file.read_bytes()))


def test_jpeg_is_close_to_what_was_encoded() -> None:
    flat = np.full((16, 16, 3), (200, 60, 20), np.uint8)
    pixels = decode(encode(flat, "JPEG", quality=95))
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - flat).max() <= 3


def test_grey_and_bilevel_become_three_equal_channels() -> None:
    grey = colours()[..., 0]
    assert np.array_equal(decode(encode(grey)), np.repeat(grey[..., None], 3, axis=2))
    bilevel = (grey > 127).astype(np.uint8) * 255
    assert np.array_equal(decode(encode(bilevel, mode="1")), np.repeat(bilevel[..., None], 3, axis=2))


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    values = np.array([[0, 255, 256, 0x7FFF, 0x8000, 0xFFFF]], np.uint16)
    expected = np.array([0, 0, 1, 127, 128, 255], np.uint8)
    rows = b"\0" + values.astype(">u2").tobytes()
    assert decode(png(6, 1, 16, 0, rows))[0, :, 0].tolist() == expected.tolist()
    assert decode(encode(values, "TIFF"))[0, :, 1].tolist() == expected.tolist()


def test_sixteen_bit_grey_with_a_transparent_value() -> None:
    rows = b"\0" + np.array([0x1234, 0x1235], ">u2").tobytes()
    content = png(2, 1, 16, 0, rows, (b"tRNS", struct.pack(">H", 0x1234)))
    assert decode(content, background=(9, 8, 7)).tolist() == [[[9, 8, 7], [0x12, 0x12, 0x12]]]


def test_sixteen_bit_colour_takes_the_high_byte() -> None:
    rows = b"\0" + np.array([0x00FF, 0x80FF, 0xFFFF], ">u2").tobytes()
    assert decode(png(1, 1, 16, 2, rows)).tolist() == [[[0x00, 0x80, 0xFF]]]


@pytest.mark.parametrize("alpha", [0, 1, 77, 128, 254, 255])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_laid_on_the_background(alpha: int, mode: str) -> None:
    pixels = np.dstack([colours(), np.full((5, 7), alpha, np.uint8)])
    content = encode(pixels, mode=mode)
    background = (10, 200, 90)
    colour = np.array(Image.open(BytesIO(content)).convert("RGBA"))[..., :3].astype(float)
    expected = np.floor((alpha * colour + (255 - alpha) * np.array(background)) / 255 + 0.5)
    assert np.array_equal(decode(content, background=background), expected)


def test_palettes_with_and_without_transparency() -> None:
    picture = Image.new("P", (3, 1))
    picture.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    picture.putdata([0, 1, 2])
    plain, clear, graded = BytesIO(), BytesIO(), BytesIO()
    picture.save(plain, "PNG")
    picture.save(clear, "PNG", transparency=1)
    picture.save(graded, "PNG", transparency=bytes([255, 0, 51]))
    assert decode(plain.getvalue()).tolist() == [[[255, 0, 0], [0, 255, 0], [0, 0, 255]]]
    assert decode(clear.getvalue(), background=(1, 2, 3)).tolist() == [[[255, 0, 0], [1, 2, 3], [0, 0, 255]]]
    assert decode(graded.getvalue(), background=(0, 0, 0)).tolist() == [[[255, 0, 0], [0, 0, 0], [0, 0, 51]]]


def test_cmyk_jpeg_as_adobe_writes_it_is_not_inverted() -> None:
    inks = np.full((16, 16, 4), (0, 255, 255, 0), np.uint8)  # no cyan, all magenta, all yellow: red
    stream = BytesIO()
    Image.fromarray(inks, "CMYK").save(stream, "JPEG", quality=95)
    assert b"Adobe" in stream.getvalue()
    assert np.abs(decode(stream.getvalue()).astype(int) - (255, 0, 0)).max() <= 3


@pytest.mark.parametrize("cmyk", [(0, 0, 0, 0), (10, 200, 30, 0), (0, 0, 0, 255), (40, 80, 120, 100)])
def test_cmyk_follows_its_formula(cmyk: tuple[int, int, int, int]) -> None:
    stream = BytesIO()
    Image.new("CMYK", (2, 2), cmyk).save(stream, "TIFF")
    *cmy, k = cmyk
    expected = [(255 - ink) * (255 - k) / 255 for ink in cmy]
    assert np.abs(decode(stream.getvalue()) - np.array(expected)).max() <= 1


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_an_animation_is_its_first_frame(form: str) -> None:
    frames = [Image.new("RGB", (6, 4), colour) for colour in ("red", "lime", "blue")]
    stream = BytesIO()
    options = {"lossless": True} if form == "WEBP" else {}
    frames[0].save(stream, form, save_all=True, append_images=frames[1:], duration=100, **options)
    assert Image.open(BytesIO(stream.getvalue())).n_frames == 3
    assert np.array_equal(decode(stream.getvalue()), np.full((4, 6, 3), (255, 0, 0)))


def test_mpo_is_its_first_picture() -> None:
    stream = BytesIO()
    red, blue = (Image.new("RGB", (16, 16), colour) for colour in ("red", "blue"))
    red.save(stream, "MPO", save_all=True, append_images=[blue])
    assert np.abs(decode(stream.getvalue())[0, 0].astype(int) - (255, 0, 0)).max() <= 3


UPRIGHT = colours(3, 5)
AS_STORED = {  # EXIF 2.32, 4.6.4: where the stored row 0 and column 0 lie in the picture as displayed
    1: UPRIGHT,
    2: UPRIGHT[:, ::-1],
    3: UPRIGHT[::-1, ::-1],
    4: UPRIGHT[::-1],
    5: UPRIGHT.transpose(1, 0, 2),
    6: np.rot90(UPRIGHT),
    7: UPRIGHT[::-1, ::-1].transpose(1, 0, 2),
    8: np.rot90(UPRIGHT, 3),
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("form", "options"), [one for one in LOSSLESS if one[0] != "BMP"])
def test_exif_orientation(orientation: int, form: str, options: dict[str, object]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.ascontiguousarray(AS_STORED[orientation])
    content = encode(stored, form, exif=exif, **options)
    assert np.array_equal(decode(content), UPRIGHT)
    assert np.array_equal(decode(content, exif_rotation=False), stored)


def test_exif_orientation_of_a_jpeg() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encode(np.zeros((8, 16, 3), np.uint8), "JPEG", exif=exif)
    assert decode(content).shape == (16, 8, 3)
    assert decode(content, exif_rotation=False).shape == (8, 16, 3)


def test_broken_exif_does_not_break_the_picture() -> None:
    content = encode(colours(), "WEBP", lossless=True, exif=b"Exif\0\0nonsense")
    assert np.array_equal(decode(content), colours())


def test_one_pixel() -> None:
    assert decode(encode(np.array([[[1, 2, 3]]], np.uint8))).tolist() == [[[1, 2, 3]]]


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


def test_large_pictures_are_read_without_a_warning_and_without_touching_pillow() -> None:
    side = 9_700  # between Pillow's warning (89 million) and our limit
    before = Image.MAX_IMAGE_PIXELS
    assert before < side * side < MAX_PIXELS
    rows = (b"\0" + bytes(side // 8 + 1)) * side
    assert decode(png(side, side, 1, 0, rows)).shape == (side, side, 3)
    assert before == Image.MAX_IMAGE_PIXELS


def test_threads_share_nothing() -> None:
    contents = [encode(colours(20 + i, 30), form) for i in range(20) for form in ("PNG", "GIF", "TIFF", "WEBP")]
    alone = [decode(content) for content in contents]
    with ThreadPoolExecutor(4) as pool:
        for expected, got in zip(alone, pool.map(decode, contents), strict=True):
            assert np.array_equal(expected, got)


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
