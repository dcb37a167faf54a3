"""``rct data split``: what is shown, said and returned."""

import json
from pathlib import Path

import pytest
from scenes import save, scene

from toolchain.data.ledger import read_ledger


@pytest.fixture
def photos(tmp_path):
    for seed in range(40):
        save(scene(seed, (60, 40)), tmp_path / "photos" / ("cat" if seed % 2 else "other") / f"{seed}.png")
    return "photos"


def test_a_split_is_drawn_shown_and_written(rct, photos):
    shown = rct("data", "split", photos, "--category", "cat", "--out", "set")
    assert shown.code == 0
    assert shown.out == (
        "\nphotos\n\n"
        "split   pictures   clusters   cat yes/no\n"
        "────────────────────────────────────────\n"
        "train         32         32        16/16\n"
        "val            4          4          2/2\n"
        "test           4          4          2/2\n\n"
    )
    assert shown.err.endswith("Next: rct train cat --data set\n")
    assert {entry.split for entry in read_ledger(Path("set"))} == {"train", "val", "test"}


def test_json(rct, photos):
    shown = rct("data", "split", photos, "--val", "0.25", "--test", "0", "--json", "-q")
    document = json.loads(shown.out)
    assert (shown.code, shown.err) == (0, "")
    assert {name: side["pictures"] for name, side in document["sides"].items()} == {"train": 30, "val": 10, "test": 0}
    assert document["seed"] == 0


def test_a_split_that_leaks_is_told(rct, tmp_path):
    for side, seeds in {"train": range(6), "val": range(5, 9)}.items():
        for seed in seeds:
            save(scene(seed, (60, 40)), tmp_path / "set" / side / ("cat" if seed % 2 else "other") / f"{seed}.png")
    shown = rct("data", "split", "set", "--check", "-q")
    assert shown.code == 1
    assert "such as  train/cat/5.png\n         = val/cat/5.png\n" in shown.out
    assert shown.err == (
        "rct: set: the same file is in more than one split (got 2 pictures). Split again with rct data split.\n"
    )
    assert not (tmp_path / "set" / "ledger.parquet").exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--val", "0.5", "--test", "50%"], "--val and --test: no split (got 0.5 and 50%). Leave something for each"),
        (["--val", "many"], "--val: not a share (got many). Give it as 10% or 0.1."),
        ([], "photos: nobody said which folders are categories (got cat, fox, other). Name them with --category; "),
        (["--category", "dog"], "photos: no picture is labelled dog. It has cat, fox, other."),
    ],
)
def test_what_cannot_be_is_one_line(rct, photos, arguments, line, tmp_path):
    save(scene(99), tmp_path / "photos" / "fox" / "99.png")
    shown = rct("data", "split", photos, *arguments, "-q")
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.startswith(f"rct: {line}")


def test_what_is_in_no_split_is_to_be_split_next(rct, photos):
    shown = rct("data", "split", photos, "--check")
    assert shown.code == 0
    assert shown.err.endswith(f"Next: rct data split {photos}\n")
