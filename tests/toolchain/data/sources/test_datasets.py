"""Datasets joined into one."""

import pytest
from miniatures import MINIATURES

from models.errors import UserError
from toolchain.data.ledger import Entry, read_ledger, write_ledger


def test_rows_keep_what_was_known_of_them(rct, tmp_path):
    one = MINIATURES["datasets"](tmp_path, "https://a.example{}".format)
    done = rct("data", "fetch", "datasets", *one.inputs, "--out", "both", "--quiet")
    assert done.code == 0, done.err
    first, second = read_ledger(tmp_path / "both")
    assert (first.key, first.source, first.url) == ("one/a", "open-images", "https://a.example/1.jpg")
    assert (second.key, second.source, second.url) == ("two/a", "folder", "")
    assert (first.group, first.rotation, first.labels) == ("g", 90, {"adult": False})
    assert first.file == str(tmp_path / "one" / "pictures" / "a.jpg")


def test_splits_are_kept_or_not(read, tmp_path):
    write_ledger(tmp_path / "a", [Entry("1", "s", file="1.jpg", split="val")])
    assert read("datasets", tmp_path / "a").items[0].split == "val"
    (item,) = read("datasets", tmp_path / "a" / "ledger.parquet", settings=["splits=false"]).items
    assert (item.split, item.file, item.key) == ("", str(tmp_path / "a" / "1.jpg"), "a/1")


def test_two_of_one_name(read, tmp_path):
    for place in ("x/a", "y/a"):
        write_ledger(tmp_path / place, [Entry("1", "s", file="1.jpg")])
    with pytest.raises(UserError, match=r"^a: two folders of this name. Rename one."):
        read("datasets", tmp_path / "x/a", tmp_path / "y/a")
    with pytest.raises(UserError, match="no such ledger"):
        read("datasets", tmp_path / "x")
