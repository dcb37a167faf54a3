"""Which labels are wanted: names, MIDs and presets."""

import tomllib
from pathlib import Path

import pytest
from open_images_rows import DICT_1, WEAPON, image, label, labels_by_number

import toolchain.data.sources.open_images as open_images
from models.errors import UserError


@pytest.mark.parametrize("name", ["blood", "gore", "meme", "bloodhoun"])
def test_names_are_whole_and_the_nearest_is_offered(found, name):
    with pytest.raises(UserError, match=f"open-images: no label is named '{name}'.") as caught:
        found([image(1)], [label(1, WEAPON)], f"yes=violence={name}")
    assert ("Did you mean bloodhound?" in str(caught.value)) == name.startswith("blood")


@pytest.mark.parametrize(
    ("given", "classes", "message"),
    [
        (["yes=violence=/m/0none"], DICT_1, "no label has the MID /m/0none. Look it up in the class descriptions."),
        (["yes=violence=weapon"], None, "no class descriptions to look 'weapon' up in"),
        (
            ["yes=violence=weapon"],
            [*DICT_1, "/m/0other,Weapon"],
            "2 labels are named 'weapon'. Give one of /m/083kb, /m/0o",
        ),
        ([], DICT_1, r"no category is asked for. Give --set presets=… \(violence, cartoon, medical, adult, spoof\)"),
        (
            ["presets=gore"],
            DICT_1,
            r"preset: unknown name \(got 'gore'\). Known: adult, cartoon, medical, spoof, violence.",
        ),
        (["yes=weapon"], DICT_1, "yes: not CATEGORY=NAME,NAME;… .got 'weapon'."),
    ],
)
def test_labels_that_cannot_be(found, given, classes, message):
    with pytest.raises(UserError, match=message):
        found([image(1)], [label(1, WEAPON)], *given, classes=classes)


def test_presets_are_checked_against_the_class_descriptions(found):
    reading = found(
        [image(1)], [label(1, WEAPON)], "presets=violence", classes=["/m/083kb,Weapon", "/m/0chbx,brutality"]
    )
    assert labels_by_number(reading) == {1: {"violence": True}}
    assert reading.problems == {
        "a label of the preset that the class descriptions do not have": 27,
        "a label of the preset that has another name": 1,
        "a label that no image has": 1,
    }
    assert reading.places["a label of the preset that has another name"] == ["/m/0chbx (violence, now brutality)"]


def test_presets_hold_together():
    text = (Path(open_images.__file__).parent / "presets.toml").read_text("utf-8")
    mids = [mid for preset in tomllib.loads(text).values() for use in ("yes", "no") for mid in preset.get(use, {})]
    assert len(mids) == len(set(mids)) == 56
    for category, preset in tomllib.loads(text).items():
        assert open_images.Settings(presets=category).presets == (category,)
        assert set(preset) <= {"yes", "no", "depictions"}


def test_a_preset_does_without_class_descriptions(found):
    reading = found(
        [image(1), image(2)],
        [label(1, "/m/0jxy", "0.8", "machine"), label(2, "/m/0b3yr")],
        "presets=cartoon,adult",
        classes=None,
    )
    assert labels_by_number(reading) == {1: {"cartoon": True}, 2: {"adult": False}}
