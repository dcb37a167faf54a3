"""What a place in a folder says."""

from pathlib import PurePath

import pytest

from toolchain.data.folders import answers, label_and_split, split_of


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("cartoon/a.png", ("cartoon", "")),
        ("cartoon/deep/a.png", ("cartoon", "")),
        ("train/cartoon/a.png", ("cartoon", "train")),
        ("Valid/cartoon/a.png", ("cartoon", "val")),
        ("train/a.png", ("", "train")),
        ("a.png", ("", "")),
    ],
)
def test_label_and_split(path, found):
    assert label_and_split(PurePath(path)) == found


def test_words_for_splits():
    assert [split_of(word) for word in ("train", " Test", "VALIDATION", "valid", "dev", "")] == [
        "train",
        "test",
        "val",
        "val",
        "",
        "",
    ]


def test_other_labels_are_a_no_for_every_category():
    assert answers("cartoon", ("cartoon", "comic")) == {"cartoon": True}
    assert answers("photo", ("cartoon", "comic")) == {"cartoon": False, "comic": False}
    assert answers("photo", None) == answers("photo", ()) == {"photo": True}
