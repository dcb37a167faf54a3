"""Each check on a dataset that has its defect, and on one that has none."""

import hashlib

import pytest
from PIL import Image
from scenes import scene

from models.errors import UnknownName
from toolchain.data.audit.checks import check, check_names
from toolchain.data.audit.finding import Finding
from toolchain.data.fetching import placeholders

YES, NO = {"cat": True}, {"cat": False}


def found(name, material):
    return list(check(name).look(material))


@pytest.mark.parametrize("name", check_names())
def test_every_check_keeps_the_contract_and_finds_nothing_wrong_with_a_good_dataset(name, entry, material):
    sides = [(side, answer) for side in ("train", "val") for answer in (True, False)]
    entries = [entry(f"{n}.png", labels={"cat": a}, split=s, author=f"a{n}") for n, (s, a) in enumerate(sides)]
    findings = found(name, material(*entries))
    assert isinstance(check(name).SUMMARY, str)
    assert all(isinstance(one, Finding) and one.check == name for one in findings)
    assert {one.severity for one in findings} <= {"note"}


def test_there_is_no_check_of_another_name():
    with pytest.raises(UnknownName, match=r"^check: unknown name \(got 'taste'\)\. Known: balance, contradictions, "):
        check("taste")


def test_unreadable(entry, material, tmp_path):
    entries = [entry(name) for name in ("good.jpg", "page.jpg", "cut.jpg", "gone.jpg")]
    folder = tmp_path / "set" / "pictures"
    (folder / "page.jpg").write_bytes(b"<html>not here</html>")
    whole = (folder / "cut.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) * 2 // 3])
    (folder / "gone.jpg").unlink()
    findings = {one.title.partition(":")[0]: one for one in found("unreadable", material(*entries))}
    assert {title: one.examples for title, one in findings.items()} == {
        "the file is not there, or cannot be read": (("pictures/gone.jpg",),),
        "not a picture": (("pictures/page.jpg",),),
        "truncated": (("pictures/cut.jpg",),),
    }
    assert findings["not a picture"].figures == {"HTML": 1}


def test_extensions(entry, material):
    entries = [entry("a.png"), entry("b.jpg", options={"format": "PNG"}), entry("c", options={"format": "JPEG"})]
    (finding,) = found("extensions", material(*entries, entry("d.JPEG")))
    assert finding.figures == {"jpeg without an ending": 1, "png named .jpg": 1}
    assert finding.examples == (("pictures/b.jpg",), ("pictures/c",))


def test_placeholders_are_those_that_fetching_knows(entry, material, monkeypatch, tmp_path):
    entries = [entry("a.png"), entry("b.png")]
    content = (tmp_path / "set" / "pictures" / "b.png").read_bytes()
    monkeypatch.setitem(placeholders.PLACEHOLDERS, hashlib.md5(content).hexdigest(), "somebody's")
    (finding,) = found("placeholders", material(*entries))
    assert (finding.pictures, finding.figures) == (1, {"somebody's": 1})


def test_repeats_few_and_many(entry, material):
    entries = [entry(f"five{n}.png", 1) for n in range(5)] + [entry(f"two{n}.png", 2) for n in range(2)]
    many, few = found("repeats", material(*entries, entry("one.png", 3)))
    assert (many.pictures, many.figures) == (5, {"different files": 1, "most often": 5})
    assert (few.pictures, few.figures) == (2, {"different files": 1, "too many": 1})
    assert few.examples == (("pictures/two0.png", "pictures/two1.png"),)


def test_near_duplicates_are_those_within_a_split(entry, material):
    small = scene(1).resize((80, 60))
    entries = [entry("a.png", 1), entry("b.png", picture=small), entry("c.jpg", 1, split="val"), entry("d.png")]
    (finding,) = found("near-duplicates", material(*entries))
    assert finding.figures == {"pairs": 1, "clusters": 1, "largest cluster": 2}
    assert finding.examples == (("pictures/a.png", "pictures/b.png"),)


def test_one_picture_under_two_labels(entry, material):
    entries = [entry("a.png", 1, labels=YES), entry("b.png", 1, labels=NO), entry("c.png", 1)]
    entries += [entry("d.png", 2, labels=YES), entry("e.jpg", 2, labels=NO), entry("f.png", 2, labels=YES)]
    same, near = found("contradictions", material(*entries))
    assert (same.severity, same.pictures, same.figures) == ("severe", 3, {"cat": 1})
    assert same.examples == (("pictures/a.png", "pictures/b.png", "pictures/c.png"),)
    assert (near.severity, near.pictures) == ("warning", 2)
    assert near.examples == (("pictures/d.png", "pictures/e.jpg"),)


def test_leaks(entry, material):
    entries = [entry("a.png", 1, split="train"), entry("b.png", 1, split="val"), entry("c.png", 1)]
    entries += [entry("d.png", 2, split="train"), entry("e.jpg", 2, split="test")]
    entries += [entry("f.png", split="train", group="album"), entry("g.png", split="val", group="album")]
    entries += [entry("h.png", split="train", group="album", source="other")]
    entries += [entry(f"{n}.png", split=s, author="ann", url="http://x.org/") for n, s in enumerate(("val", "test"))]
    findings = {one.title.removesuffix(" in more than one split"): one for one in found("leaks", material(*entries))}
    assert {title: (one.severity, one.examples[0]) for title, one in findings.items()} == {
        "the same file is": ("severe", ("pictures/a.png", "pictures/b.png")),
        "pictures look the same": ("severe", ("pictures/d.png", "pictures/e.jpg")),
        "a group is": ("severe", ("pictures/f.png", "pictures/g.png")),
        "an author is": ("warning", ("pictures/0.png", "pictures/1.png")),
        "a host is": ("note", ("pictures/0.png", "pictures/1.png")),
    }
    assert findings["a group is"].figures == {"cases": 1, "share of pictures": round(2 / 9, 4)}


def test_licences(entry, material):
    entries = [entry("a.png"), entry("b.png", licence=" "), entry("c.png", licence="", source="web")]
    missing, known = found("licences", material(*entries))
    assert (missing.severity, missing.pictures, missing.figures) == ("warning", 2, {"test": 1, "web": 1})
    assert (known.severity, known.figures) == ("note", {"CC0-1.0": 1})


@pytest.mark.parametrize(
    ("answers", "titles"),
    [
        ([("train", True), ("train", False), ("val", True)], ["no picture in val says no to cat"]),
        ([("", True), ("", True)], ["no picture says no to cat"]),
        ([("train", False), ("val", False)], ["no picture says yes to cat"]),
        ([("", True)] + [("", False)] * 3, ["the answers to cat are uneven"]),
        ([("", True)] + [("", False)] * 2, []),
    ],
)
def test_balance(entry, material, answers, titles):
    entries = [entry(f"{n}.png", labels={"cat": answer}, split=split) for n, (split, answer) in enumerate(answers)]
    assert [one.title for one in found("balance", material(*entries))] == titles


def test_flat_pictures(entry, material):
    entries = [entry("a.png", picture=Image.new("RGB", (20, 20), "red")), entry("b.png")]
    (finding,) = found("flat", material(*entries))
    assert finding.examples == (("pictures/a.png",),)


def test_rows_without_a_picture_and_what_each_category_lost(entry, material):
    gone = [entry(f"{n}.png", labels=YES, status="http 404") for n in range(3)] + [entry("x.png", status="timed out")]
    (finding,) = found("not-fetched", material(*gone, entry("a.png", labels=YES), entry("b.png", labels=NO)))
    assert (finding.pictures, finding.figures) == (4, {"http 404": 3, "timed out": 1, "cat lost": "75.0%"})
