"""Counting what is wrong."""

from toolchain.data.problems import Problems


def test_kinds_are_counted_and_the_first_few_places_kept():
    problems = Problems()
    for number in range(1, 8):
        problems.add("no MID", f"l.csv:{number}")
    problems.add("a key again", "l.csv:9")
    problems.add("a bad key", "l.csv:8")
    assert problems.counts == {"no MID": 7, "a key again": 1, "a bad key": 1}
    assert problems.examples["no MID"] == [f"l.csv:{number}" for number in range(1, 6)]
    assert problems.lines() == [
        "no MID: 7 rows, first at l.csv:1",
        "a bad key: 1 row, first at l.csv:8",
        "a key again: 1 row, first at l.csv:9",
    ]


def test_nothing_wrong_is_nothing_to_say():
    assert Problems().lines() == []
