"""The recipe of 2017: its changes of pictures against SciPy's."""

import numpy as np
import pytest
from scipy import ndimage

from models.preprocessing import Preprocessing, Resize
from toolchain.training.recipes.seed_2017 import Changes, affine, preprocessing

PICTURE = np.random.default_rng(0).integers(0, 256, (31, 24, 3)).astype(np.uint8)


@pytest.mark.parametrize("degrees", [0, 17, -40])
def test_the_affine_map_is_scipys_with_the_nearest_pixel_and_its_edges(degrees):
    chance = np.random.default_rng(abs(degrees))
    angle = np.deg2rad(degrees)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * chance.uniform(0.8, 1.2, 2)
    offset = chance.uniform(-5, 5, 2)
    centre = np.array(PICTURE.shape[:2]) / 2 - 0.5
    wanted = np.stack(
        [
            ndimage.affine_transform(channel, matrix, offset + centre - matrix @ centre, order=0, mode="nearest")
            for channel in PICTURE.transpose(2, 0, 1)
        ],
        axis=-1,
    )
    assert (affine(PICTURE, matrix, offset) == wanted).mean() > 0.999  # a tie may be rounded otherwise


def test_no_change_leaves_the_picture_or_mirrors_it():
    rule = Preprocessing(width=24, height=31, resize=Resize(width=24, height=31))
    still = Changes(degrees=0, shift=0, zoom=0)
    views = {still.make(PICTURE, rule, np.random.default_rng(seed)).tobytes() for seed in range(40)}
    flips = (PICTURE, PICTURE[::-1], PICTURE[:, ::-1], PICTURE[::-1, ::-1])
    assert views == {np.ascontiguousarray(flip).tobytes() for flip in flips}


def test_a_shift_stays_within_a_fifth_of_the_side():
    rule = Preprocessing(width=100, height=100, resize=Resize(width=100, height=100))
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[50, 50] = 255
    shifted = Changes(degrees=0, zoom=0)
    places = [np.argwhere(shifted.make(picture, rule, np.random.default_rng(seed))[..., 0])[0] for seed in range(100)]
    distance = np.abs(np.array(places) - 49.5).max(0)
    assert (distance <= 21).all()
    assert (distance > 15).all()


def test_pixels_are_taken_as_they_are():
    rule = preprocessing(Preprocessing(width=224, height=224, resize=Resize(width=256, height=256), scale=(2, 2, 2)))
    assert (rule.scale, rule.offset, rule.channel_order) == ((1, 1, 1), (0, 0, 0), "rgb")
    assert rule.resize == Resize(width=224, height=224, filter="nearest")
