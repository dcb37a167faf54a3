"""What every perturbation keeps, whichever are there."""

import subprocess
import sys

import numpy as np
import pytest

from models.errors import UnknownName
from toolchain.perturbations import perturb, perturbation, perturbation_names

EACH = [(name, level) for name in perturbation_names() for level in perturbation(name).LEVELS]
SIZES = [(1, 1), (1, 40), (40, 1), (3, 2), (37, 64)]


def textured(height, width):
    """Coloured noise on a ramp, which nothing leaves as it is; its middle is neither symmetric nor grey."""
    chance = np.random.default_rng(8)
    ramp = np.linspace(40, 160, height)[:, None, None] + np.linspace(0, 40, width)[None, :, None]
    return np.clip(ramp + chance.normal(0, 25, (height, width, 3)), 0, 255).astype(np.uint8)


def test_the_names_are_those_of_the_files_and_nothing_is_loaded():
    code = (
        "import sys; from toolchain.perturbations import perturbation_names as names;"
        "assert 'jpeg' in names() and 'white-balance' in names(), names();"
        "assert not {'numpy', 'PIL'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", perturbation_names())
def test_a_perturbation_says_what_it_does_and_at_which_levels(name):
    module = perturbation(name)
    assert module.SUMMARY
    assert not module.SUMMARY.endswith(".")
    assert module.LEVELS
    assert all(isinstance(level, str) and level for level in module.LEVELS)


@pytest.mark.parametrize(("name", "level"), EACH)
@pytest.mark.parametrize("size", SIZES)
def test_any_size_comes_out_as_a_picture_and_goes_in_unharmed(name, level, size):
    picture = textured(*size)
    before = picture.copy()
    picture.flags.writeable = False
    made = perturb(picture, name, level, np.random.default_rng(1))
    assert made.dtype == np.uint8
    assert made.ndim == 3
    assert made.shape[2] == 3
    assert min(made.shape) >= 1
    assert np.array_equal(picture, before)
    made[:] = 7  # its own memory, and writable
    assert np.array_equal(picture, before)


@pytest.mark.parametrize(("name", "level"), EACH)
def test_it_changes_a_picture_and_the_same_chance_gives_the_same(name, level):
    picture = textured(60, 80)
    first = perturb(picture, name, level, np.random.default_rng(3))
    np.random.seed(11)  # the process's own chance is nobody's business
    again = perturb(picture, name, level, np.random.default_rng(3))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, picture)


@pytest.mark.parametrize(("name", "level"), EACH)
def test_it_takes_a_view_of_a_larger_picture(name, level):
    whole = textured(90, 90)
    view = whole[5:65:2, 80:10:-2]
    made = perturb(view, name, level, np.random.default_rng(3))
    assert np.array_equal(made, perturb(view.copy(), name, level, np.random.default_rng(3)))


def test_a_name_or_a_level_that_is_not_there_is_told():
    picture, rng = textured(8, 8), np.random.default_rng(0)
    with pytest.raises(UnknownName, match=r"perturbation: unknown name \(got 'warp'\)\. Known: aspect, blur"):
        perturb(picture, "warp", "q30", rng)
    with pytest.raises(UnknownName, match=r"level of jpeg: unknown name \(got 'q95'\)\. Known: q10, q30"):
        perturb(picture, "jpeg", "q95", rng)
