"""Changed views: the right size, the same for the same draw, and what each number does."""

import numpy as np
import pytest
from PIL import Image

from models.preprocessing import Preprocessing, Resize, resize
from toolchain.training.tuning.rand_augment import CHANGES, rand_augment
from toolchain.training.tuning.views import Views, rectangle

RULE = Preprocessing(width=40, height=32, resize=Resize(width=48, height=36))
PICTURE = np.random.default_rng(0).integers(0, 256, (50, 70, 3)).astype(np.uint8)
EVERYTHING = Views(wear=1, crop=0.2, flip=True, changes=2, strength=1, erase=1)
NOTHING = Views(flip=False)


def views(changes, count=20, picture=PICTURE):
    return [changes.make(picture, RULE, np.random.default_rng([7, number])) for number in range(count)]


def test_without_changes_it_is_what_inference_sees():
    assert all(np.array_equal(view, resize(PICTURE, RULE)) for view in views(NOTHING, 3))


@pytest.mark.parametrize("shape", [(50, 70), (1, 1), (2, 90), (300, 3)])
def test_a_view_has_the_networks_size_whatever_the_picture(shape):
    picture = np.full((*shape, 3), 90, np.uint8)
    assert {(view.shape, view.dtype) for view in views(EVERYTHING, 30, picture)} == {((32, 40, 3), np.dtype(np.uint8))}


def test_the_same_draw_gives_the_same_view_and_the_picture_stays():
    before = PICTURE.copy()
    first, second = views(EVERYTHING), views(EVERYTHING)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert len({view.tobytes() for view in first}) == len(first)
    assert np.array_equal(PICTURE, before)


def test_half_of_the_pictures_are_mirrored():
    plain = resize(PICTURE, RULE)
    mirrored = [np.array_equal(view, plain[:, ::-1]) for view in views(Views(), 200)]
    assert all(a or np.array_equal(b, plain) for a, b in zip(mirrored, views(Views(), 200), strict=True))
    assert 70 < sum(mirrored) < 130


def test_a_cut_keeps_at_least_its_share_of_the_picture():
    rows, columns = np.meshgrid(np.arange(200), np.arange(200), indexing="ij")
    ramp = np.stack([rows, columns, rows], -1).astype(np.uint8)  # a picture that says where each pixel is from
    sides = [np.ptp(view[..., :2].astype(int), (0, 1)) for view in views(Views(crop=0.5, flip=False), 200, ramp)]
    shares = [rows * columns / 200**2 for rows, columns in sides]
    assert min(shares) > 0.42  # the outermost pixels are averages, so a little less than 0.5
    assert max(shares) > 0.85


def test_noise_overwrites_a_rectangle_of_the_stated_share():
    plain = resize(PICTURE, RULE)
    share = [np.any(view != plain, -1).mean() for view in views(Views(flip=False, erase=1), 100)]
    assert 0.01 < min(share) < 0.1
    assert 0.25 < max(share) < 0.36
    assert np.mean([s > 0 for s in [np.any(v != plain) for v in views(Views(flip=False, erase=0.25), 200)]]) < 0.4


@pytest.mark.parametrize("area", [0.02, 0.3, 1.0])
def test_a_rectangle_lies_inside_and_has_its_area(area):
    for seed in range(50):
        top, left, rows, columns = rectangle(60, 80, area, np.random.default_rng(seed))
        assert 0 <= top <= 60 - rows
        assert 0 <= left <= 80 - columns
        assert rows * columns == pytest.approx(60 * 80 * area, rel=0.15) or rows == 60 or columns == 80


def test_wear_leaves_some_pictures_alone_and_changes_the_others():
    plain = resize(PICTURE, RULE)
    alone = [np.array_equal(view, plain) for view in views(Views(wear=0.5, flip=False), 200)]
    assert 60 < sum(alone) < 140


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_rand_augment_keeps_the_size_and_does_something(name):
    picture = Image.fromarray(PICTURE // 2 + 40)
    for sign in (-1.0, 1.0):
        changed = CHANGES[name](picture, 0.7, sign)
        assert (changed.size, changed.mode) == (picture.size, "RGB")
        assert np.array_equal(changed, picture) == (name == "identity")


@pytest.mark.parametrize("name", ["rotate", "posterize", "colour", "contrast", "brightness", "shift across"])
def test_a_change_of_no_strength_is_none(name):
    picture = Image.fromarray(PICTURE)
    assert np.abs(np.subtract(CHANGES[name](picture, 0.0, 1.0), picture, dtype=np.int16)).max() <= 1


def test_rand_augment_draws_each_change_about_equally_often(monkeypatch):
    counts = dict.fromkeys(CHANGES, 0)

    def counting(name):
        def change(picture, strength, sign):
            counts[name] += 1
            return picture

        return change

    monkeypatch.setattr("toolchain.training.tuning.rand_augment.CHANGES", {name: counting(name) for name in CHANGES})
    chance = np.random.default_rng(0)
    for _ in range(700):
        rand_augment(Image.fromarray(PICTURE), 2, 0.5, chance)
    assert sum(counts.values()) == 1400
    assert min(counts.values()) > 60
    assert max(counts.values()) < 140
