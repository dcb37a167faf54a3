"""What is read off a file: against hashlib, imagehash, Pillow and arithmetic."""

import hashlib

import imagehash
import numpy as np
import pytest
from PIL import Image, ImageOps
from scenes import save, scene

from toolchain.data.fingerprints.edges import EDGES, read_edges
from toolchain.data.fingerprints.fingerprint import take
from toolchain.data.fingerprints.jpeg_tables import JPEG_TABLES, read_jpeg_tables
from toolchain.data.fingerprints.looks import read_looks, trim


def test_digests_format_size_and_hashes(tmp_path):
    path = save(scene(1), tmp_path / "a.jpg", quality=80)
    row, content = take(path), path.read_bytes()
    assert row["sha256"].tobytes() == hashlib.sha256(content).digest()
    assert row["md5"].tobytes() == hashlib.md5(content).digest()
    assert (row["bytes"], row["format"], row["width"], row["height"]) == (len(content), b"jpeg", 160, 120)
    assert (row["fault"], row["detail_of_fault"]) == (b"", b"")
    expected = imagehash.phash(Image.open(path), 16).hash
    assert (np.unpackbits(row["fine"][0]).reshape(16, 16) == expected).mean() > 0.98


@pytest.mark.parametrize(
    ("name", "spoil", "fault", "detail"),
    [
        ("page.jpg", lambda _: b"<!DOCTYPE html><html>gone</html>", b"not a picture", b"HTML"),
        ("empty.jpg", lambda _: b"", b"not a picture", b"empty"),
        ("cut.jpg", lambda content: content[: len(content) // 2], b"truncated", None),
        ("end.jpg", lambda content: content[:-2], b"truncated", None),
        ("noise.jpg", lambda content: content[:20] + b"\x17" * 400, b"not a picture", None),
    ],
)
def test_what_is_no_whole_picture(tmp_path, name, spoil, fault, detail):
    path = save(scene(1), tmp_path / name, quality=80)
    path.write_bytes(spoil(path.read_bytes()))
    row = take(path)
    assert row["fault"] == fault
    assert detail is None or row["detail_of_fault"] == detail


def test_a_file_that_is_not_there(tmp_path):
    row = take(tmp_path / "none.jpg")
    assert (row["fault"], row["detail_of_fault"], row["bytes"]) == (b"missing", b"No such file or directory", 0)


def test_the_edge_in_numbers():
    grey = np.full((100, 100), 51, np.uint8)
    grey[:2] = 255
    grey[2:, -1] = 0
    numbers = dict(zip(EDGES, read_edges(grey).tolist(), strict=True))
    assert (numbers["brightness at the top"], numbers["unevenness at the top"], numbers["white at the top"]) == (
        1,
        0,
        1,
    )
    assert numbers["brightness at the bottom"] == pytest.approx(51 * 99 / 100 / 255)
    assert numbers["white at the left"] == pytest.approx(2 / 100)
    right = grey[:, -2:] / 255
    assert numbers["brightness at the right"] == pytest.approx(right.mean())
    assert numbers["unevenness at the right"] == pytest.approx(right.std())


def test_jpeg_tables(tmp_path):
    options = {"quality": 80, "subsampling": "4:2:0", "progressive": True}
    path = save(scene(2), tmp_path / "a.jpg", **options)
    with Image.open(path) as picture:
        tables = picture.quantization
    numbers = dict(zip(JPEG_TABLES, read_jpeg_tables(path).tolist(), strict=True))
    assert numbers == {
        "luma sum": sum(tables[0]),
        "luma first": tables[0][0],
        "chroma sum": sum(tables[1]),
        "tables": 2,
        "subsampling": 2,
        "progressive": 1,
    }
    assert read_jpeg_tables(save(scene(2), tmp_path / "a.png")).tolist() == [-1] * len(JPEG_TABLES)


def test_a_flat_border_is_trimmed_and_a_thing_on_a_plain_ground_is_not():
    framed = np.asarray(ImageOps.expand(scene(4).convert("L"), (12, 30, 5, 8), 250))
    assert trim(framed) == (30, 150, 12, 172)
    small = np.full((100, 100), 250, np.uint8)
    small[40:55, 40:60] = 7
    assert trim(small) == (0, 100, 0, 100)
    assert trim(np.zeros((30, 40), np.uint8)) == (0, 30, 0, 40)


def test_the_views_of_a_mirrored_picture_are_the_mirrored_views():
    grey = np.asarray(scene(5).convert("L"))
    looks, mirrored = read_looks(grey), read_looks(np.ascontiguousarray(grey[:, ::-1]))
    assert np.bitwise_count(looks.fine[0] ^ mirrored.fine[2]).sum() <= 4
    assert np.bitwise_count(looks.fine[0] ^ mirrored.fine[0]).sum() > 60
