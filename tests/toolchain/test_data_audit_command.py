"""``rct data audit``: what is shown, said, written and returned."""

import json
import re

import pytest
from scenes import save, scene

FAST = ("--skip", "label-errors", "--skip", "shortcuts")


@pytest.fixture
def good(tmp_path):
    for seed in range(8):
        save(scene(seed, (60, 40)), tmp_path / "good" / ("cat" if seed % 2 else "other") / f"{seed}.png")
    return "good"


@pytest.fixture
def bad(good, tmp_path):
    """One file under both labels, in a folder whose name is hostile."""
    save(scene(1, (60, 40)), tmp_path / "good" / "other" / "<script>alert(1)<" / "1.png")
    return good


def test_a_good_dataset(rct, good):
    shown = rct("data", "audit", good, *FAST, "--skip", "licences")
    assert shown.code == 0
    assert shown.out == (
        "\ngood: 8 pictures (no split 8)\n\n"
        "category   yes   no   not known\n"
        "───────────────────────────────\n"
        "cat          4    4           0\n"
        "other        4    4           0\n"
        "\nFindings\n\n"
        "  nothing was found\n\n"
    )
    assert shown.err.endswith("Next: rct data split good\n")


def test_a_severe_finding_is_exit_code_1(rct, bad):
    shown = rct("data", "audit", bad, *FAST)
    assert shown.code == 1
    assert max(map(len, shown.out.splitlines())) <= 80
    assert "severe     contradictions          2   the same file under labels that" in shown.out
    assert shown.err.endswith(
        "rct: good: the same file under labels that contradict each other (got 2 pictures)."
        " Decide what it shows, or remove it.\n"
    )


def test_json_is_the_same_whenever_it_is_asked_for(rct, bad):
    first, again = (rct("data", "audit", bad, *FAST, "--json", "-q") for _ in range(2))
    assert first.out == again.out
    document = json.loads(first.out)
    assert [one["severity"] for one in document["findings"]] == ["severe", "warning", "warning"]
    assert document["categories"]["cat"] == {"yes": 4, "no": 5, "unknown": 0}
    assert "label-errors" not in document["checks"]


def test_one_check(rct, bad):
    document = json.loads(rct("data", "audit", bad, "--check", "repeats", "--json", "-q").out)
    assert document["checks"] == ["repeats"]
    assert [one["check"] for one in document["findings"]] == ["repeats"]


def test_the_page_runs_nothing_asks_for_nothing_and_shows_pictures_only_when_asked(rct, bad, tmp_path):
    rct("data", "audit", bad, *FAST, "--html", "plain.html")
    rct("data", "audit", bad, *FAST, "--html", "shown.html", "--pictures")
    plain, shown = ((tmp_path / name).read_text() for name in ("plain.html", "shown.html"))
    for page in (plain, shown):
        assert "<script" not in page
        assert "&lt;script&gt;alert(1)&lt;" in page
        assert not re.search(r"(?:src|href)=\"(?!data:image/jpeg|#)", page)
        assert "http" not in page.replace("http-equiv", "")
    assert "<img" not in plain
    assert shown.count("<img") == 2 + 2 + 4


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["none"], "none: no such folder or ledger. Give a folder of pictures, or one that has a ledger."),
        (["good", "--check", "taste"], "check: unknown name (got 'taste'). Known: balance, "),
        (["good", "--skip", "taste"], "check: unknown name (got 'taste'). Known: balance, "),
        (["good", "--category", "dog"], "good: no picture is labelled dog. It has cat, other."),
        (["good", "--pictures"], "--pictures: no page to put them into. Name one with --html."),
    ],
)
def test_what_cannot_be_is_one_line(rct, good, arguments, line):
    shown = rct("data", "audit", *arguments, "-q")
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.startswith(f"rct: {line}")
