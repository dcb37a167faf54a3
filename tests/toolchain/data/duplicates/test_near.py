"""Near-duplicates: what programs do to a picture is seen through, and other pictures are left alone."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps
from scenes import save, scene

from toolchain.data.duplicates.near import near_duplicates
from toolchain.data.fingerprints.fingerprint import RECORD, take


def re_encoded(picture, quality):
    written = BytesIO()
    picture.save(written, "JPEG", quality=quality)
    return Image.open(written).convert("RGB")


def cut(picture, share):
    width, height = picture.size
    return picture.crop((int(share * width), int(share * height), width, height))


CHANGES = {
    "JPEG at quality 30": lambda picture: re_encoded(picture, 30),
    "half the size": lambda picture: picture.resize((picture.width // 2, picture.height // 2)),
    "stretched": lambda picture: picture.resize((224, 224)),
    "grey": lambda picture: picture.convert("L"),
    "brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.15),
    "mirrored": ImageOps.mirror,
    "mirrored, as JPEG": lambda picture: re_encoded(ImageOps.mirror(picture), 60),
    "in a white frame": lambda picture: ImageOps.expand(picture, 20, "white"),
    "in a black frame, mirrored": lambda picture: ImageOps.expand(ImageOps.mirror(picture), (0, 30), "black"),
    "cut a little": lambda picture: cut(picture, 0.02),
}


def rows_of(paths):
    return np.array([take(path) for path in paths], RECORD)


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    return [save(scene(seed), folder / f"{seed:03}.png") for seed in range(60)]


@pytest.fixture(scope="module")
def rows(originals):
    return rows_of(originals)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_picture_is_found_again_and_nothing_else(originals, rows, tmp_path, change):
    changed = save(change(Image.open(originals[7]).convert("RGB")), tmp_path / "changed.png")
    pairs = near_duplicates(np.concatenate([rows, rows_of([changed])]))
    assert [(pair.first, pair.second) for pair in pairs] == [(7, len(originals))]


def test_pairs_have_the_distance_of_the_finer_hash(originals, tmp_path):
    import imagehash

    changed = save(re_encoded(scene(3), 20), tmp_path / "changed.png")
    (pair,) = near_duplicates(rows_of([originals[3], changed]))
    expected = imagehash.phash(Image.open(originals[3]), 16) - imagehash.phash(Image.open(changed), 16)
    assert 0 < pair.bits == expected


def test_equal_bytes_are_not_near_but_copies_of_other_bytes_are(originals, tmp_path):
    same = tmp_path / "same.png"
    same.write_bytes(originals[0].read_bytes())
    other = save(Image.open(originals[0]), tmp_path / "other.bmp")
    pairs = near_duplicates(rows_of([originals[0], same, other, other]))
    assert [tuple(pair) for pair in pairs] == [(0, 2, 0)]


def test_pictures_that_show_nothing_have_no_pairs(tmp_path):
    flat = [save(Image.new("RGB", (40, 30), (value, 9, 9)), tmp_path / f"{value}.png") for value in (0, 90, 91)]
    assert near_duplicates(rows_of(flat)) == []
    assert near_duplicates(np.zeros(0, RECORD)) == []
