"""Folders of pictures on this machine."""

import pytest

from models.errors import UserError


def test_folders_are_labels_and_splits(read, write, tmp_path):
    for name in (
        "train/cartoon/b.png",
        "train/photo/a.jpg",
        "valid/cartoon/deep/c.png",
        "loose.png",
        "train/notes.txt",
    ):
        write(name, b"x")
    found = read("folder", tmp_path, settings=["categories=cartoon"])
    assert [(item.key, item.split, item.labels) for item in found.items] == [
        ("train/cartoon/b.png", "train", {"cartoon": True}),
        ("train/photo/a.jpg", "train", {"cartoon": False}),
        ("valid/cartoon/deep/c.png", "val", {"cartoon": True}),
    ]
    assert found.items[0].file == str(tmp_path / "train/cartoon/b.png")
    assert found.problems == {"beside the labelled folders": 1}
    assert [item.labels for item in read("folder", tmp_path).items][1] == {"photo": True}


def test_several_folders_have_keys_of_their_own(read, write, tmp_path):
    write("one/cartoon/a.png", b"x")
    write("two/cartoon/a.png", b"x")
    write("else/one/photo/b.png", b"x")
    items = read("folder", tmp_path / "one", tmp_path / "two", settings=["author=Ann", "licence=CC0-1.0"]).items
    assert [item.key for item in items] == ["one/cartoon/a.png", "two/cartoon/a.png"]
    assert {(item.author, item.licence) for item in items} == {("Ann", "CC0-1.0")}
    with pytest.raises(UserError, match=r"^one: two folders of this name"):
        read("folder", tmp_path / "one", tmp_path / "else" / "one")


@pytest.mark.parametrize(("place", "message"), [("gone", "no such folder"), ("empty", "no picture in this folder")])
def test_folders_without_pictures(read, tmp_path, place, message):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=f"{place}: {message}"):
        read("folder", tmp_path / place)
