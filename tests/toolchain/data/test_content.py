"""What a file is, by Pillow's own decoding as the judge."""

import io
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from toolchain.data.content import SUFFIX, Content, describe_other, look_at

ROOT = Path(__file__).parents[3]
FORMS = {
    "jpeg": {"format": "JPEG"},
    "progressive": {"format": "JPEG", "progressive": True, "quality": 90},
    "thumbnail": {"format": "JPEG", "exif": True},
    "png": {"format": "PNG"},
    "webp": {"format": "WEBP"},
    "lossless": {"format": "WEBP", "lossless": True},
    "gif": {"format": "GIF"},
    "animated": {"format": "GIF", "save_all": True, "append_images": True},
    "bmp": {"format": "BMP"},
    "tiff": {"format": "TIFF"},
    "lzw": {"format": "TIFF", "compression": "tiff_lzw"},
}


def noise(size=(48, 40), seed=0):
    return Image.frombytes("RGB", size, Random(seed).randbytes(size[0] * size[1] * 3))


@pytest.fixture(params=FORMS)
def encoded(request):
    options = dict(FORMS[request.param])
    if options.get("append_images"):
        options["append_images"] = [noise(seed=1), noise(seed=2)]
    if options.pop("exif", False):
        thumbnail = io.BytesIO()
        noise((16, 16)).save(thumbnail, "JPEG")
        options["exif"] = b"Exif\0\0" + b"II*\0\x08\0\0\0\0\0\0\0\0\0" + thumbnail.getvalue()
    buffer = io.BytesIO()
    noise().save(buffer, **options)
    return options["format"].lower(), buffer.getvalue()


def written(folder, data, name="picture.dat"):
    path = folder / name
    path.write_bytes(data)
    return path


def loads(data):
    try:
        with Image.open(io.BytesIO(data)) as picture:
            for frame in range(getattr(picture, "n_frames", 1)):
                picture.seek(frame)
                picture.load()
    except Exception:  # noqa: BLE001  whatever a decoder throws
        return False
    return True


def test_a_whole_picture_is_whole(tmp_path, encoded):
    form, data = encoded
    assert look_at(written(tmp_path, data)) == Content(form, 48, 40, whole=True)
    assert look_at(written(tmp_path, data + b"\0trailing", "more.dat")) == Content(form, 48, 40, whole=True)


def test_what_pillow_cannot_load_is_not_whole(tmp_path, encoded):
    _, data = encoded
    cuts = [len(data) * part // 20 for part in range(20)]
    for cut in cuts:
        content = look_at(written(tmp_path, data[:cut]))
        assert content is None or not content.whole or loads(data[:cut]), cut
    assert any(not loads(data[:cut]) for cut in cuts)


def test_pictures_from_cameras_and_drawing_programs_are_whole():
    paths = sorted((ROOT / "exporters/calibration/pictures").glob("*"))
    found = {path.name: look_at(path) for path in paths if path.suffix in {".jpg", ".png", ".webp"}}
    assert found
    assert [name for name, content in found.items() if content is None or not content.whole] == []


@pytest.mark.parametrize("compression", [0, 1])
def test_bmp_is_measured_by_its_rows(tmp_path, compression):
    """A palette picture of 3x2, rows of four bytes; run lengths end with 00 01 (Microsoft's BITMAPINFOHEADER)."""
    pixels = b"\x03\x00\0\0\x03\x01\0\x01" if compression else bytes(8)
    header = b"BM" + (0).to_bytes(4, "little") + bytes(4) + (14 + 40 + 8).to_bytes(4, "little")
    info = b"".join(
        value.to_bytes(size, "little")
        for value, size in ((40, 4), (3, 4), (2, 4), (1, 2), (8, 2), (compression, 4), (0, 4), (0, 8), (2, 4), (0, 4))
    )
    data = header + info + bytes(8) + pixels
    assert look_at(written(tmp_path, data)) == Content("bmp", 3, 2, whole=True)
    assert look_at(written(tmp_path, data[:-1])) == Content("bmp", 3, 2, whole=False)


@pytest.mark.parametrize("data", [b"", b"BM", b"\xff\xd8\xff", b"II*\0", b"RIFF\0\0\0\0WEBP", b"GIF89a", b"<html>"])
def test_what_has_no_header_is_no_picture(tmp_path, data):
    assert look_at(written(tmp_path, data)) is None


@pytest.mark.parametrize(
    ("start", "word"),
    [
        (b"", "empty"),
        (b"\n<!DOCTYPE HTML>", "HTML"),
        (b"\xef\xbb\xbf<?xml version", "XML"),
        (b'{"error": 1}', "JSON"),
        (b"%PDF-1.7", "PDF"),
        (b"\0\0\0\x18ftypheic", "AVIF or HEIC"),
        (b"\0\0\0\x18ftypmp42", "video"),
        (b"nothing known", ""),
    ],
)
def test_other_things_have_names(start, word):
    assert describe_other(start) == word


def test_every_format_has_a_suffix_that_folders_are_searched_for():
    from models.decoding import DECODERS
    from models.pictures import SUFFIXES

    assert set(SUFFIX) == {name.lower() for name in DECODERS}
    assert {f".{suffix}" for suffix in SUFFIX.values()} <= SUFFIXES
