"""Which pictures are taken where nobody says which."""

import pytest
from PIL import Image
from tiny import tiny_spec

from toolchain.evaluation.selection import select

SPEC = tiny_spec("red", "green")


@pytest.fixture
def folders(tmp_path):
    """Make a folder of pictures, one in each of the folders named."""

    def make(*names):
        for name in names:
            (tmp_path / name).mkdir(parents=True)
            Image.new("RGB", (4, 4)).save(tmp_path / name / "a.png")
        return tmp_path

    return make


@pytest.mark.parametrize(("splits", "asked", "taken"), [
    (("train", "val", "test"), None, "val"),
    (("train", "test"), None, "test"),
    (("train", "val", "test"), "train", "train"),
])  # fmt: skip
def test_the_split_asked_for_or_val_or_test(folders, splits, asked, taken):
    place = folders(*(f"{split}/red" for split in splits), *(f"{split}/grey" for split in splits))
    selection = select(place, SPEC, asked, ())
    assert selection.split == taken
    assert {example.split for example in selection.dataset.examples} == {taken}


def test_pictures_to_train_on_are_taken_with_a_warning(folders):
    selection = select(folders("train/red", "train/grey"), SPEC, None, ())
    assert (selection.split, len(selection.dataset.examples)) == ("", 2)
    assert selection.notes[0] == (
        "there is no split val or test: if the classifier was trained on these pictures, nothing here counts."
    )


def test_without_splits_everything_is_taken_and_nothing_said(folders):
    selection = select(folders("green", "red", "grey"), SPEC, None, ("green",))
    assert (selection.split, selection.categories, selection.notes) == ("", ("green",), ())
    assert selection.dataset.truth(["green"])[:, 0].tolist() == [1, 0, -1]  # of red ones nothing is known, asked or not


def test_categories_come_in_the_order_of_the_spec(folders):
    assert select(folders("green", "red"), SPEC, None, ("green", "red")).categories == ("red", "green")
