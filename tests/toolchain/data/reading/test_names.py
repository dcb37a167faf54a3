"""Names as they are written on a command line."""

import pytest

from models.document import Document
from models.errors import UserError
from toolchain.data.reading.names import Assignments, Names, known_or_refused, nearest, yes_and_no
from toolchain.settings import read_settings


class Settings(Document):
    names: Names = ()
    assigned: Assignments = {}


@pytest.mark.parametrize(
    ("text", "names"),
    [("a", ("a",)), ("a, b,,c ", ("a", "b", "c")), ('["a, b", "c"]', ("a, b", "c")), ("", ())],
)
def test_names(text, names):
    assert read_settings(Settings, [f"names={text}"], "x").names == names


@pytest.mark.parametrize(
    ("text", "assigned"),
    [
        ("v=gun,/m/0x; c = anime;", {"v": ("gun", "/m/0x"), "c": ("anime",)}),
        ('{"v": ["a;b", "c"], "w": "x,y"}', {"v": ("a;b", "c"), "w": ("x", "y")}),
        ("", {}),
    ],
)
def test_assignments(text, assigned):
    assert read_settings(Settings, [f"assigned={text}"], "x").assigned == assigned


@pytest.mark.parametrize("text", ["v", "v=a;=b"])
def test_assignments_that_are_none(text):
    with pytest.raises(UserError, match="--set: assigned: not CATEGORY=NAME,NAME;…"):
        read_settings(Settings, [f"assigned={text}"], "x")


def test_the_nearest_is_offered():
    assert known_or_refused("t.csv", "label", ("label",)) == "label"
    with pytest.raises(UserError, match=r"^t.csv: no 'lable' in it. Did you mean label\?$"):
        known_or_refused("t.csv", "lable", ("label", "url"))
    assert nearest("grun", ("gun", "run", "green", "sofa")) == "Did you mean run, gun or green?"
    assert nearest("grun", ("sofa",)) == ""


def test_yes_and_no():
    assert yes_and_no(("a",), ("b", "c")) == {"a": True, "b": False, "c": False}
    with pytest.raises(UserError, match="both a yes and a no for a"):
        yes_and_no(("a",), ("a",))
