"""hub-db's lines, all of them made up."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from toolchain.data.problems import Problems
from toolchain.data.sources import source

hub_db = source("hub-db")


def line(number, **fields):
    made = {
        "timestamp": 1500000000,
        "uri": f"https://pictures.example/{number}.jpg",
        "votes": 7,
        "upvote_percent": 80,
        "views": 100,
        "num_comments": 1,
        "popular_comments": [{"username": "somebody", "net_upvotes": 3, "text": "said something"}],
        "tags": ["made", "up"],
        "segment": "straight",
        "album_id": 5,
        "album_title": "An album",
        "image_id": number,
    }
    return json.dumps({name: value for name, value in {**made, **fields}.items() if value is not ...})


def test_a_line_is_a_picture_of_its_album(read, write):
    path = write("db.jsonl", [line(1), line(2, album_id="six", uri="https://pictures.example/2.GIF?x=1")])
    first, second = read("hub-db", path).items
    assert (first.key, first.urls, first.group) == ("1", ("https://pictures.example/1.jpg",), "5")
    assert (second.key, second.group) == ("2", "six")
    assert (first.labels, first.split, first.licence) == ({"adult": True}, "", "")


def test_nothing_of_a_person_is_kept(read, write):
    found = read("hub-db", write("db.jsonl", [line(1), line(2, image_id=...)]))
    told = repr((found.items, found.problems, found.places))
    assert not [word for word in ("somebody", "said something", "An album") if word in told]


def test_optional_fields_may_be_missing(read, write):
    path = write("db.jsonl", [line(1, popular_comments=..., tags=..., upvote_percent=..., votes=...)])
    assert len(read("hub-db", path).items) == 1
    assert read("hub-db", path, settings=["min_votes=1"]).items == []


def test_which_pictures_are_meant(read, write):
    path = write("db.jsonl", [line(1), line(2, segment="gay"), line(3, votes=1)])
    chosen = read("hub-db", path, settings=["segments=straight", "min_votes=5", "yes=adult,nude", "no=cartoon"])
    assert [(item.key, item.labels) for item in chosen.items] == [
        ("1", {"adult": True, "nude": True, "cartoon": False})
    ]
    assert chosen.problems == {}


def test_what_is_wrong_is_counted(read, write):
    rows = [line(1), line(1), line(2, album_id=...), line(3, uri="x"), line(4, uri="https://a.example/4.mp4")]
    rows += [line(5, image_id=None), "[1]", "{", '"text"', line(6, album_id=True), "[" * 100_000]
    found = read("hub-db", write("db.jsonl", rows))
    assert [item.key for item in found.items] == ["1"]
    assert found.problems == {
        "an image_id again": 1,
        "no album_id": 2,
        "no address": 1,
        "neither .jpg nor .gif": 1,
        "no image_id": 1,
        "not a JSON object": 4,
    }


values = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=3)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.dictionaries(st.sampled_from(["uri", "votes", "segment", "album_id", "image_id"]), values)))
def test_values_of_any_kind_are_items_or_problems(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in [*rows, {}]), "utf-8")
    problems = Problems()
    items = list(hub_db.read([path], hub_db.Settings(), problems))
    assert len(items) + sum(problems.counts.values()) == len(rows) + 1
