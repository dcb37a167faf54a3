"""The C++ client's functions, under sanitizers, against Pillow, hashlib and the bundle format."""

import hashlib

import numpy as np
import pytest
from PIL import Image
from sanitized_cpp import MARKS, rule_of, run, written

from models.preprocessing import decode, resize
from toolchain.packaging.golden_files import ppm

FILTERS = ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")

pytestmark = MARKS


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("fit", ["stretch", "cover", "contain"])
def test_a_picture_is_resized_as_pillow_does(cpp_probe, tmp_path, name, fit):
    chance = np.random.default_rng(3)
    source, target = tmp_path / "in.ppm", tmp_path / "out.ppm"
    for width, height in [(1, 1), (7, 300), (300, 7), (64, 64), (97, 61), (61, 97), (640, 481), (33, 1000), (91, 90)]:
        pixels = chance.integers(0, 256, (height, width, 3)).astype(np.uint8)
        source.write_bytes(ppm(pixels))
        for across, down in [(32, 32), (102, 64), (64, 90)]:
            rule = rule_of(across - 5, down - 4, across, down, name, fit)
            sizes = (across, down, across - 5, down - 4)
            assert run(cpp_probe, "resize", source, target, name, fit, *sizes, 10, 200, 90).returncode == 0
            difference = np.abs(np.asarray(Image.open(target)).astype(int) - resize(pixels, rule)).max()
            assert difference <= 1, (width, height, across, down)


def test_pictures_of_every_kind_are_decoded_as_pillow_does(cpp_probe, tmp_path):
    (tmp_path / "pictures").mkdir()
    target = tmp_path / "out.ppm"
    for path in written(tmp_path / "pictures"):
        for rotation in (True, False):
            rule = rule_of(4, 4, 4, 4, "box", "stretch").model_copy(update={"exif_rotation": rotation})
            done = run(cpp_probe, "decode", path, target, int(rotation), 10, 200, 90)
            assert done.returncode == 0, (path.name, done.stderr)
            ours, theirs = np.asarray(Image.open(target)).astype(int), decode(path, rule)
            assert ours.shape == theirs.shape, path.name
            assert np.abs(ours - theirs).max() <= (4 if path.suffix == ".jpg" else 0), path.name


@pytest.mark.parametrize("portable", [0, 1])
@pytest.mark.parametrize("size", [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 100_000])
def test_digests_are_sha_256_in_pieces_of_any_size(cpp_probe, tmp_path, size, portable):
    content = np.random.default_rng(size).bytes(size)
    (tmp_path / "file").write_bytes(content)
    for piece in (1, 63, 64, 200, 200_000):
        expected = hashlib.sha256(content).hexdigest() + "\n"
        assert run(cpp_probe, "sha256", tmp_path / "file", piece, portable).stdout == expected


@pytest.mark.parametrize(
    ("score", "verdict"),
    [(0.1, "allow"), (0.25, "review"), (0.5, "block"), (0.7, "block"), ("nan", "review"), ("inf", "block")],
)
def test_verdicts_are_those_of_the_bundle_format(cpp_probe, score, verdict):
    assert run(cpp_probe, "verdict", score, 0.25, 0.5).stdout == f"{verdict}\n"


def test_a_float_just_below_a_threshold_is_below_it(cpp_probe):
    below = float(np.float32(0.8))  # 0.800000011920929
    assert run(cpp_probe, "verdict", 0.8, 0.5, repr(below)).stdout == "block\n"
    assert run(cpp_probe, "verdict", 0.8, 0.5, "0.80000002").stdout == "review\n"
