"""What each perturbation does to a picture whose answer is known."""

import numpy as np
import pytest

from toolchain.perturbations import perturb


def ramp(height=60, width=90):
    rows, columns = np.mgrid[0:height, 0:width]
    return np.stack([rows * 255 / height, columns * 255 / width, np.full((height, width), 90)], -1).astype(np.uint8)


def changed(picture, name, level, seed=0):
    return perturb(picture, name, level, np.random.default_rng(seed)).astype(int)


@pytest.mark.parametrize(("name", "levels"), [
    ("jpeg", ("q90", "q70", "q50", "q30", "q10")),
    ("downscale", ("1/2", "1/4", "1/8")),
    ("blur", ("0.3 %", "1 %", "2 %")),
    ("noise", ("sd 5", "sd 15", "sd 30")),
])  # fmt: skip
def test_stronger_levels_take_more_away(name, levels):
    picture = np.random.default_rng(2).integers(0, 256, (160, 160, 3)).astype(np.uint8)
    off = [np.abs(changed(picture, name, level) - picture).mean() for level in levels]
    assert off == sorted(off)
    assert off[0] > 0


def test_turning_by_quarters_moves_every_pixel_to_its_place():
    picture = ramp()
    turned = changed(picture, "rotation", "90")
    assert turned.shape == (90, 60, 3)
    assert np.array_equal(turned[0, 0], picture[0, -1])  # counter-clockwise: the right edge comes on top
    assert np.array_equal(changed(picture, "rotation", "180"), picture[::-1, ::-1])
    assert np.array_equal(changed(turned.astype(np.uint8), "rotation", "270"), picture)


@pytest.mark.parametrize("level", ["3", "10"])
@pytest.mark.parametrize("shape", [(60, 90), (200, 31), (31, 200)])
def test_a_small_turn_shows_no_empty_corner(level, shape):
    white = np.full((*shape, 3), 255, np.uint8)
    for seed in range(4):
        assert (changed(white, "rotation", level, seed) == 255).all()


def test_a_small_turn_goes_both_ways_by_chance():
    first = [changed(ramp(), "rotation", "10", seed)[0, 0, 0] for seed in range(8)]
    assert len(set(first)) == 2


def test_mirrors():
    picture = ramp()
    assert np.array_equal(changed(picture, "flip", "horizontal"), picture[:, ::-1])
    assert np.array_equal(changed(picture, "flip", "vertical"), picture[::-1])


def test_a_frame_has_its_colour_and_width_and_the_picture_in_it():
    picture = ramp()
    framed = changed(picture, "border", "white 5 %")
    assert framed.shape == (66, 96, 3)  # 3 pixels, 5 % of 60, on each side
    assert np.array_equal(framed[3:-3, 3:-3], picture)
    assert (framed[:3] == 255).all()
    assert (framed[:, -3:] == 255).all()
    bars = changed(picture, "border", "letterbox 15 %")
    assert bars.shape == (78, 90, 3)
    assert (bars[:9] == 0).all()
    colours = {tuple(changed(picture, "border", "any colour 10 %", seed)[0, 0]) for seed in range(5)}
    assert len(colours) == 5


def test_a_crop_is_a_window_of_the_picture_and_moves_by_chance():
    picture = ramp()
    corners = set()
    for seed in range(20):
        part = changed(picture, "crop", "50 %", seed)
        assert part.shape == (30, 45, 3)
        top, left = np.argwhere((picture == part[0, 0]).all(-1))[0]
        assert np.array_equal(picture[top : top + 30, left : left + 45], part)
        corners.add((top, left))
    assert len(corners) > 10


def test_a_squeeze_shortens_one_side():
    shapes = {changed(ramp(), "aspect", "1/2", seed).shape for seed in range(8)}
    assert shapes == {(30, 90, 3), (60, 45, 3)}


def test_resampling_brings_the_shorter_side_to_256():
    assert changed(ramp(), "resample", "nearest").shape == (256, 384, 3)
    assert changed(ramp(1, 4000), "resample", "box").shape == (256, 4096, 3)


def test_a_collage_holds_the_picture_in_its_share_of_the_canvas():
    red = np.zeros((60, 90, 3), np.uint8)
    red[..., 0] = 255
    quarter = changed(red, "collage", "quarter")
    share = (np.abs(quarter - [255, 0, 0]).sum(-1) < 3).mean()
    assert quarter.shape == (60, 90, 3)
    assert share == pytest.approx(0.25, abs=0.03)
    half = changed(red, "collage", "half")
    assert half.shape == (30, 90, 3)
    assert (np.abs(half - [255, 0, 0]).sum(-1) < 3).mean() == pytest.approx(0.5, abs=0.03)
    assert np.array_equal(changed(red, "collage", "copies"), red)


def test_grey_has_no_colour_and_factors_are_factors():
    picture = ramp()
    grey = changed(picture, "colour", "grey")
    luma = picture @ np.array([0.299, 0.587, 0.114])
    assert np.abs(grey - luma[..., None]).max() <= 1
    assert np.abs(changed(picture, "brightness", "x 0.5") - picture * 0.5).max() <= 1
    mean = luma.mean()
    assert np.abs(changed(picture, "contrast", "x 0.5") - (mean + (picture - mean) * 0.5)).max() <= 2
    warm = changed(picture, "white-balance", "warm")
    assert np.abs(warm - np.clip(picture * [1.15, 1, 0.85], 0, 255)).max() <= 1


def test_noise_has_its_standard_deviation():
    picture = np.full((200, 200, 3), 128, np.uint8)
    off = changed(picture, "noise", "sd 15") - 128
    assert off.std() == pytest.approx(15, rel=0.02)
    assert abs(off.mean()) < 0.3
