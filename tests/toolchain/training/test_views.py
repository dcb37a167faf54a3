"""Changed views: the same for the same picture, seed and number, and of any picture."""

import numpy as np
import pytest

from toolchain.training.features.changes import bounded, framed, part, trimmed
from toolchain.training.features.views import Views

PICTURE = bytes(range(32))


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (70, 90, 3), np.uint8)


def test_a_view_depends_on_seed_picture_and_number_alone(pixels):
    views = Views(4, seed=3)
    first = views.make(pixels, PICTURE, 2)
    np.testing.assert_array_equal(first, Views(9, seed=3).make(pixels, PICTURE, 2))
    others = [
        views.make(pixels, PICTURE, 1),
        views.make(pixels, PICTURE[::-1], 2),
        Views(4, 4).make(pixels, PICTURE, 2),
    ]
    assert not any(np.array_equal(first, other) for other in others)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (25, 40), (1500, 3)])
def test_any_picture_has_views(shape):
    pixels = np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8)
    kept = pixels.copy()
    for view in range(1, 40):
        made = Views(40, 0).make(pixels, PICTURE, view)
        assert made.dtype == np.uint8
        assert made.ndim == 3
        assert made.shape[2] == 3
        assert made.size
    np.testing.assert_array_equal(pixels, kept)


def test_a_frame_can_be_taken_away_again(pixels):
    framed_evenly = np.pad(pixels, ((7, 9), (5, 0), (0, 0)), constant_values=255)
    framed_evenly[7:16, 5:] = 0  # the picture's own first rows differ from the frame
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(trimmed(framed_evenly, rng), framed_evenly[7:-9, 5:])
    flat = np.full((50, 50, 3), 9, np.uint8)
    assert trimmed(flat, rng) is flat


def test_parts_and_frames_show_the_picture_as_it_is(pixels):
    for seed in range(30):
        cut = part(pixels, np.random.default_rng(seed))
        rows, columns = cut.shape[:2]
        assert any(
            np.array_equal(pixels[top : top + rows, left : left + columns], cut)
            for top in range(70 - rows + 1)
            for left in range(90 - columns + 1)
        )
        canvas = framed(pixels, np.random.default_rng(seed))
        assert canvas.shape[0] <= 70 * 1.5
        assert canvas.shape[1] <= 90 * 1.5


def test_large_pictures_are_reduced_first():
    assert bounded(np.zeros((10, 3000, 3), np.uint8)).shape == (3, 1024, 3)


def test_strength_is_how_often_a_change_is_made(pixels):
    def alike(strength):
        views = Views(60, 0, strength)
        return sum(np.array_equal(views.make(pixels, PICTURE, view), pixels) for view in range(1, 61))

    assert alike(0) == 60 > alike(0.2) > alike(1)
