"""Pictures of every kind that people send: what they decode to."""

import struct
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from encoded import colours, decode, encode, png
from PIL import Image

from models.decoding import MAX_PIXELS

LOSSLESS = [("PNG", {}), ("BMP", {}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"}), ("WEBP", {"lossless": True})]


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
