"""Records of CSV, and what a quote too many costs."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolchain.data.problems import Problems
from toolchain.data.reading.records import records
from toolchain.data.reading.rows import read_rows
from toolchain.data.sources.open_images.classes import read_classes


def table(tmp_path, rows):
    path = tmp_path / "t.csv"
    path.write_text("".join(f"{row}\n" for row in ["a,b,c", *rows]))
    return path


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        ({5: '5,"x,y'}, {}),
        ({5: '5,x,"y'}, {9: '9,"fine",y'}),
        ({5: '5,"x,y', 6: '6,"x,y', 7: '7,"x,y'}, {}),
        ({20: '20,x,"y'}, {}),
        ({1: '1,"x,y'}, {20: '20,"a ""fine""\none",y'}),
        ({5: '5,"x,y'}, {6: '6,"two\nlines",y', 9: '9,x,"three\n\nlines"'}),
    ],
)
def test_a_quote_too_many_costs_its_own_line(tmp_path, bad, good):
    numbers = range(1, 21)
    path = table(tmp_path, [bad.get(n) or good.get(n) or f"{n},x,y" for n in numbers])
    problems = Problems()
    found = {row["a"]: row for _, row in read_rows(path, ("a", "b", "c"), problems)}
    assert found == {
        str(n): dict(zip("abc", next(csv.reader(io.StringIO(good.get(n, f"{n},x,y")))), strict=True))
        for n in numbers
        if n not in bad
    }
    assert problems.counts == {"not CSV": len(bad)}
    assert problems.examples["not CSV"] == [f"t.csv:{n + 1}" for n in sorted(bad)]


def test_a_quote_without_an_end_in_a_long_table(tmp_path):
    rows = [f"{n},{'x' * 90},y" for n in range(4_000)]
    path = table(tmp_path, [*rows[:10], '10,"x,y', *rows[11:]])
    assert path.stat().st_size > 2 * csv.field_size_limit()
    problems = Problems()
    assert [row["a"] for _, row in read_rows(path, ("a",), problems)] == [str(n) for n in range(4_000) if n != 10]
    assert problems.examples == {"not CSV": ["t.csv:12"]}


def test_class_descriptions_keep_their_names(tmp_path):
    path = tmp_path / "classes.csv"
    path.write_text('LabelName,DisplayName\n/m/01,"one\n/m/02,two\n\n/m/03,"Fiat ""topolino"""\n/m/04,four\n')
    problems = Problems()
    classes = read_classes([path], problems)
    assert classes.names == {"/m/02": "two", "/m/03": 'Fiat "topolino"', "/m/04": "four"}
    assert problems.examples == {"not CSV": ["classes.csv:2"]}


ROWS = st.lists(st.lists(st.text('a ",\n', max_size=5), min_size=3, max_size=3), max_size=6)


@settings(deadline=None)
@given(ROWS, st.sampled_from(["\n", "\r\n"]))
def test_what_was_written_as_csv_is_read_as_it_was(rows, end):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end).writerows(rows)
    text.seek(0)
    assert [row for _, row in records(text, ",", 3)] == rows


@settings(deadline=None)
@given(st.text('a",\n', max_size=60))
def test_every_line_is_in_one_record_or_in_none(content):
    lines = io.StringIO(content, newline="").readlines()
    starts = [number for number, _ in records(lines, ",", 3)]
    assert starts == sorted(set(starts))
    assert all(1 <= number <= len(lines) for number in starts)
    alone = [number for number, line in enumerate(lines, 1) if '"' not in line and line.strip("\n")]
    inside = {
        n for start, row in records(lines, ",", 3) for n in range(start, start + 1 + "".join(row or "").count("\n"))
    }
    assert {*alone} <= inside
