"""What a classifier.toml may say, and what it is told when it says something else."""

import pytest
from pydantic import ValidationError

from models.errors import SpecError
from models.spec import Category, ClassifierSpec, Thresholds, read_spec

TOML = """
name = "pets"
backbone = "resnet50"
licence = "CC0-1.0"

[[categories]]
name = "zebra"
definition = "A zebra."

[[categories]]
name = "ape"
definition = "An ape."

[preprocessing]
width = 224
height = 224
resize = { width = 256, height = 256 }

[thresholds]
ape = { review = 0.2, block = 0.9 }
zebra = { review = 0.5, block = 0.5 }
"""


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "classifier.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_the_order_of_the_categories_is_that_of_the_file(write):
    spec = read_spec(write(TOML))
    assert spec.labels == ("zebra", "ape")
    assert spec.thresholds["ape"].block == 0.9
    assert (spec.preprocessing.resize.filter, spec.preprocessing.resize.fit) == ("bilinear", "stretch")


@pytest.mark.parametrize(
    ("score", "verdict"),
    [
        (0.0, "allow"),
        (0.1999, "allow"),
        (0.2, "review"),
        (0.8999, "review"),
        (0.9, "block"),
        (1.0, "block"),
        (float("nan"), "review"),
    ],
)
def test_a_threshold_belongs_to_the_more_severe_side(score, verdict):
    assert Thresholds(review=0.2, block=0.9).verdict(score) == verdict


def test_equal_thresholds_leave_nothing_to_review():
    both = Thresholds(review=0.5, block=0.5)
    assert {both.verdict(score / 100) for score in range(101)} == {"allow", "block"}


def test_the_most_severe_category_decides(write):
    spec = read_spec(write(TOML))
    assert spec.verdict({"zebra": 0.0, "ape": 0.1}) == "allow"
    assert spec.verdict({"zebra": 0.0, "ape": 0.3}) == "review"
    assert spec.verdict({"zebra": 0.6, "ape": 0.3}) == "block"


@pytest.mark.parametrize("values", [(0.0, 0.5), (0.5, 1.1), (-0.1, 0.5), (float("nan"), 0.5), (0.6, 0.5)])
def test_thresholds_lie_in_order_between_zero_and_one(values):
    with pytest.raises(ValidationError):
        Thresholds(review=values[0], block=values[1])


@pytest.mark.parametrize("name", ["Adult", "two words", "", "1st", "naïve", "a" * 41, "../up"])
def test_category_names_are_plain(name):
    with pytest.raises(ValidationError):
        Category(name=name, definition="x")


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ('"pets"', '"../pets"', "name: String should match pattern"),
        ('"pets"', '".hidden"', "name: String should match pattern"),
        ('licence = "CC0-1.0"', "", "licence: Field required"),
        ('licence = "CC0-1.0"', 'license = "CC0-1.0"', "licence: Field required"),
        ('name = "ape"', 'name = "zebra"', "category names must be distinct (got zebra, zebra)"),
        ("ape = {", "cat = {", "thresholds must name every category once (got cat, zebra; categories are zebra, ape)"),
        ("review = 0.2", "review = 0.95", "thresholds.ape: review must not be above block (got 0.95 > 0.9)"),
        (
            "width = 224",
            "width = 300",
            "the crop must not be larger than the resized picture (got 300x224 from 256x256)",
        ),
        ("width = 224", "width = 0", "preprocessing.width: Input should be greater than 0 (got '0')"),
        ("[thresholds]", "colour = 1\n[thresholds]", "preprocessing.colour: Extra inputs are not permitted (got '1')"),
        ("height = 256 }", 'height = 256, filter = "cubic" }', "filter: Input should be 'nearest', 'box'"),
    ],
)
def test_a_spec_that_does_not_hold_together(write, old, new, text):
    assert old in TOML
    path = write(TOML.replace(old, new, 1))
    with pytest.raises(SpecError) as error:
        read_spec(path)
    assert str(error.value).startswith(f"{path}: ")
    assert text in str(error.value)
    assert "\n" not in str(error.value)


def test_no_file(tmp_path):
    with pytest.raises(SpecError) as error:
        read_spec(tmp_path / "classifier.toml")
    assert str(error.value) == f"{tmp_path}/classifier.toml: cannot be read (No such file or directory)."


def test_a_folder(tmp_path):
    with pytest.raises(SpecError, match=r"cannot be read \(Is a directory\)"):
        read_spec(tmp_path)


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe", b'{"name": 1}'])
def test_not_toml(write, content):
    with pytest.raises(SpecError, match="not TOML"):
        read_spec(write(content))


def test_a_spec_travels_as_json_unchanged(write):
    spec = read_spec(write(TOML))
    assert ClassifierSpec.model_validate_json(spec.model_dump_json()) == spec
