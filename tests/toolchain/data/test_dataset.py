"""Labelled pictures, from a ledger and from plain folders."""

from pathlib import Path

import numpy as np
import pytest

from models.errors import UserError
from toolchain.data.dataset import Dataset, Example, read_dataset
from toolchain.data.ledger import Entry, write_ledger


@pytest.fixture
def place(tmp_path):
    entries = [
        Entry("1", "s", file="pictures/1.jpg", labels={"adult": True}, group="g", split="train", licence="CC0-1.0"),
        Entry("2", "s", status="http 404", labels={"violence": True}),
        Entry("3", "s", file="/elsewhere/3.jpg", labels={"adult": False, "cartoon": True}, split="val", rotation=90),
        Entry("4", "s", file="pictures/4.jpg"),
    ]
    write_ledger(tmp_path / "set", entries)
    return tmp_path / "set"


def test_a_ledgers_rows_that_have_a_picture(place):
    dataset = read_dataset(place)
    first, third, fourth = dataset.examples
    assert first == Example(place / "pictures/1.jpg", {"adult": True}, "g", "train", "s", "CC0-1.0")
    assert (third.path, third.rotation) == (Path("/elsewhere/3.jpg"), 90)
    assert fourth.labels == {}
    assert dataset.labels == ("adult", "cartoon")
    assert dataset == Dataset(place, read_dataset(place / "ledger.parquet").examples)


def test_truth_is_yes_no_or_not_known(place):
    truth = read_dataset(place).truth(("cartoon", "adult", "medical"))
    assert truth.dtype == np.int8
    assert truth.tolist() == [[-1, 1, -1], [1, 0, -1], [-1, -1, -1]]
    assert read_dataset(place).truth(()).shape == (3, 0)


def test_the_pictures_of_a_split(place):
    assert [one.path.name for one in read_dataset(place).of_split("val").examples] == ["3.jpg"]
    assert read_dataset(place).of_split("test").truth(("adult",)).shape == (0, 1)


def test_folders_are_labels(tmp_path, paint):
    for name in ("train/cartoon/a.png", "train/photo/b.png", "validation/cartoon/c.png", "test/photo/deep/d.png"):
        paint(f"plain/{name}", (1, 2, 3))
    every = read_dataset(tmp_path / "plain")
    assert every.labels == ("cartoon", "photo")
    assert [one.split for one in every.examples] == ["test", "train", "train", "val"]
    drawn = read_dataset(tmp_path / "plain", ("cartoon",))
    assert drawn.truth(("cartoon",))[:, 0].tolist() == [0, 1, 0, 1]
    assert len(drawn.of_split("train").examples) == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone", "no such folder or ledger. Give a folder of pictures, or one that has a ledger."),
        ("loose", "loose.png: a picture beside the labelled folders. Move it into one of them."),
        ("all failed", "a dataset without pictures. Look at its ledger with rct data audit."),
    ],
)
def test_places_that_are_no_datasets(tmp_path, paint, name, message):
    paint("loose/loose.png", (1, 2, 3))
    write_ledger(tmp_path / "all failed", [Entry("1", "s", status="timed out")])
    with pytest.raises(UserError, match=message):
        read_dataset(tmp_path / name)


def test_a_label_that_no_picture_has(place, tmp_path, paint):
    with pytest.raises(UserError, match=r"set: no picture is labelled medical. It has adult, cartoon."):
        read_dataset(place, ("adult", "medical"))
    paint("plain/photo/b.png", (1, 2, 3))
    paint("plain/cartoon/b.png", (1, 2, 3))
    with pytest.raises(UserError, match=r"plain: no picture is labelled carton. Did you mean cartoon\? It has ca"):
        read_dataset(tmp_path / "plain", ("carton",))
    with pytest.raises(UserError, match=r"plain: no picture is labelled comic. .*It has cartoon, photo."):
        read_dataset(tmp_path / "plain", ("cartoon", "photo", "comic"))
