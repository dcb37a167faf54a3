"""What the text of a field means."""

import base64
import hashlib

import pytest

from models.errors import UserError
from toolchain.data.problems import Problems
from toolchain.data.reading.fields import Columns, LabelsSeen, digest_of, rotation_of, said_of


def test_an_md5_in_both_of_its_forms():
    digest = hashlib.md5(b"x")
    assert digest_of(digest.hexdigest().upper()) == digest.hexdigest()
    assert digest_of(base64.b64encode(digest.digest()).decode()) == digest.hexdigest()
    for text in ("", "x", digest.hexdigest()[:-1], base64.b64encode(b"short").decode(), "é" * 24):
        assert digest_of(text) == ""


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("", 0),
        ("NaN", 0),
        ("0.0", 0),
        ("90", 90),
        ("180.0", 180),
        ("270.0", 270),
        ("-90", None),
        ("inf", None),
        ("x", None),
    ],
)
def test_rotations(text, degrees):
    assert rotation_of(text) == degrees


@pytest.mark.parametrize(
    ("text", "answer"),
    [("1", True), ("YES", True), ("0.0", False), ("No", False), ("", None), ("-1", None), ("nan", None)],
)
def test_yes_no_and_not_known(text, answer):
    problems = Problems()
    said = said_of({"adult": text}, Columns(yes_no=("adult",)), "t.csv:2", problems)
    assert said["labels"] == ({} if answer is None else {"adult": answer})
    assert problems.counts == {}


def test_columns_that_somebody_named_must_be_there():
    assert Columns().asked_for() == set()
    assert Columns(label="kind", yes_no=("adult",), categories=("cartoon",)).asked_for() == {"kind", "adult"}
    assert Columns(group="").columns().get("group") is None


def test_a_category_that_nothing_is_labelled():
    seen = LabelsSeen()
    with pytest.raises(UserError, match=r"label: nothing is labelled 'adult'. There is no label at all."):
        seen.refuse_missing("label", ("adult",))
    for number in range(2000):
        seen.add(f"label {number}")
    seen.refuse_missing("label", ("adult",))  # too many to be sure
    assert len(seen.labels) == 1000
