"""rct data split: nothing that hangs together is torn, the draw goes by content, and no split is better than a leak."""

import random
import shutil
from collections import Counter

import pytest
from scenes import save, scene

from models.errors import UserError
from toolchain.data.dataset import read_dataset
from toolchain.data.ledger import Entry, read_ledger, write_ledger
from toolchain.data.splitting.by import COLUMNS
from toolchain.data.splitting.split import Request, check_split, split
from toolchain.progress import silent


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Sixty scenes, the first ten as PNG and as a small JPEG too, the next four twice."""
    folder = tmp_path_factory.mktemp("drawn")
    for seed in range(60):
        save(scene(seed, (80, 60)), folder / f"{seed:02}.png")
    for seed in range(10):
        save(scene(seed, (80, 60)).resize((48, 36)), folder / f"{seed:02}-small.jpg", quality=70)
    for seed in range(10, 14):
        shutil.copy(folder / f"{seed:02}.png", folder / f"{seed:02}-again.png")
    return folder


@pytest.fixture
def dataset(drawn, tmp_path):
    """Write a ledger of the scenes: cat is yes for odd ones; scenes 20 to 24 are one album."""

    def dataset(name="set", *, change=lambda entry: entry, order=sorted):
        folder = tmp_path / name
        entries = []
        for path in drawn.iterdir():
            seed = int(path.stem[:2])
            group = "album" if 20 <= seed < 25 else ""
            labels = {"cat": seed % 2 == 1}
            entries.append(change(Entry(key=path.name, source="test", file=str(path), labels=labels, group=group)))
        write_ledger(folder, order([entry for entry in entries if entry], key=lambda entry: entry.key))
        return folder

    return dataset


def sides_of(folder):
    return {entry.key: entry.split for entry in read_ledger(folder)}


def test_nothing_that_hangs_together_is_torn(dataset):
    place = dataset()
    report = split(Request(place, val=0.2, test=0.2, seed=3), silent)
    sides = sides_of(place)
    assert all(sides[f"{n:02}.png"] == sides[f"{n:02}-small.jpg"] for n in range(10))
    assert all(sides[f"{n:02}.png"] == sides[f"{n:02}-again.png"] for n in range(10, 14))
    assert len({sides[f"{n:02}.png"] for n in range(20, 25)}) == 1
    assert {name: side.pictures for name, side in report.sides.items()} == Counter(sides.values())
    assert sum(side.clusters for side in report.sides.values()) == 56
    assert report.sides["val"].categories["cat"].yes in range(6, 9)
    assert check_split(Request(place), silent).findings == ()


def test_names_and_order_do_not_matter_and_the_seed_does(dataset):
    def shuffled(entries, key):
        return random.Random(5).sample(entries, len(entries))

    places = [dataset("one"), dataset("two", order=shuffled), dataset("three")]
    for place, seed in zip(places, (1, 1, 2), strict=True):
        split(Request(place, seed=seed), silent)
    one, two, three = map(sides_of, places)
    assert one == two
    assert one != three


def test_a_plain_folder_gets_a_ledger_that_training_reads(drawn, tmp_path):
    for path in drawn.iterdir():
        target = tmp_path / "plain" / ("cat" if int(path.stem[:2]) % 2 else "other") / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    report = split(Request(tmp_path / "plain", out=tmp_path / "out", categories=("cat",)), silent)
    dataset = read_dataset(tmp_path / "out", ("cat",))
    assert Counter(example.split for example in dataset.examples) == {
        name: side.pictures for name, side in report.sides.items()
    }
    assert {int(example.path.stem[:2]) % 2 for example in dataset.examples if example.labels["cat"]} == {1}
    assert all(example.path.is_file() for example in dataset.examples)
    split(Request(tmp_path / "plain"), silent)
    assert all(not entry.file.startswith("/") for entry in read_ledger(tmp_path / "plain"))


def test_folders_that_are_categories_say_nothing_of_each_other(drawn, tmp_path):
    for path in drawn.iterdir():
        target = tmp_path / "plain" / ("cat", "dog", "other")[int(path.stem[:2]) % 3] / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    split(Request(tmp_path / "plain", categories=("cat", "dog")), silent)
    answers = {entry.key.split("/")[0]: entry.labels for entry in read_ledger(tmp_path / "plain")}
    assert answers == {"cat": {"cat": True}, "dog": {"dog": True}, "other": {"cat": False, "dog": False}}


def test_whole_sources_are_held_out(dataset):
    """Six sources of both answers; a copy that is in another source takes both to one side."""

    def change(entry):
        fields = vars(entry) | {"source": f"s{int(entry.key[:2]) // 10}", "author": "A"}
        return Entry(**fields)

    place = dataset(change=change)
    split(Request(place, val=0.2, test=0.2, by="source"), silent)
    sides = {}
    for entry in read_ledger(place):
        sides.setdefault(entry.source, set()).add(entry.split)
    assert all(len(found) == 1 for found in sides.values())
    assert set().union(*sides.values()) == {"train", "val", "test"}


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (
            "source",
            f"--by source: the pictures have only 'test' there. Other columns: {', '.join(COLUMNS)}.",
        ),
        (
            "author",
            f"--by author: the pictures have nothing there. Other columns: {', '.join(COLUMNS)}.",
        ),
        (
            "xyz",
            "column to split by: unknown name (got 'xyz'). Known: author, folder, group, host, licence, source.",
        ),
        (
            "gruop",
            f"column to split by: unknown name (got 'gruop'). Did you mean group? Known: {', '.join(sorted(COLUMNS))}.",
        ),
    ],
)
def test_a_column_that_holds_nothing_out(dataset, column, text):
    place = dataset()
    with pytest.raises(UserError) as error:
        split(Request(place, by=column), silent)
    assert str(error.value) == text
    assert set(sides_of(place).values()) == {""}


def put(sides):
    """Put pictures into splits, by key."""
    return lambda entry: Entry(**{**vars(entry), "split": sides.get(entry.key, "")})


def test_kept_splits_stay_and_draw_their_copies_after_them(dataset):
    kept = {"00-small.jpg": "test", "21.png": "val", "40.png": "val", "41.png": "train"}
    place = dataset(change=put({**kept, "42.png": "challenge"}))
    split(Request(place, val=0.2, test=0.2, keep=True), silent)
    sides = sides_of(place)
    assert kept.items() <= sides.items()
    assert (sides["00.png"], sides["24.png"]) == ("test", "val")
    assert set(sides.values()) == {"train", "val", "test"}


def test_what_cannot_be_read_is_in_no_split(dataset, tmp_path):
    (tmp_path / "page.jpg").write_text("<html>")

    def spoilt(entry):
        return Entry(**{**vars(entry), "file": str(tmp_path / "page.jpg")}) if entry.key == "50.png" else entry

    place = dataset(change=spoilt)
    assert split(Request(place, val=0.2, test=0.2), silent).outside == 1
    assert sides_of(place)["50.png"] == ""


REFUSALS = {
    "one class": "no picture says no to cat (got 74 that say yes). A category is learnt from both: add pictures, or"
    " name the categories to split by (--category).",
    "no labels": "no picture is labelled. Label some, or there is nothing to be learnt.",
    "one large group": "val would get 1 of 74 pictures: 71 hang together with 00-small.jpg, and tearing them would"
    " leak. Ask for other shares, or look at the groups.",
    "too few": "no picture in val would say yes to cat (got 2 in 2 clusters that must stay whole)."
    " Add pictures, or ask for larger shares of the small splits.",
    "torn": "00.png is in train and hangs together with 00-small.jpg in val."
    " Move one of them, or split without --keep.",
}
CHANGES = {
    "one class": lambda entry: Entry(**{**vars(entry), "labels": {"cat": True}}),
    "no labels": lambda entry: Entry(**{**vars(entry), "labels": {}}),
    "one large group": lambda entry: Entry(**{**vars(entry), "group": "all" if int(entry.key[:2]) < 57 else ""}),
    "too few": lambda entry: Entry(**{**vars(entry), "labels": {"cat": entry.key in {"30.png", "31.png"}}}),
    "torn": put({"00.png": "train", "00-small.jpg": "val"}),
}


@pytest.mark.parametrize("problem", REFUSALS)
def test_no_split_is_better_than_one_that_leaks(dataset, drawn, problem):
    place = dataset(change=CHANGES[problem])
    before = (place / "ledger.parquet").read_bytes()
    with pytest.raises(UserError) as raised:
        split(Request(place, keep=problem == "torn"), silent)
    assert str(raised.value).replace(f"{drawn}/", "") == f"{place}: {REFUSALS[problem]}"
    assert (place / "ledger.parquet").read_bytes() == before
