"""``rct predict``: rows as they come, in three layouts, and bad pictures that do not stop the others."""

import csv
import io
import json

import numpy as np
import pytest
from PIL import Image

from models.zoo import default_names
from toolchain.prediction import split_arguments


def test_a_table_says_what_to_do_with_each_picture(rct, original, photos):
    shown = rct("predict", original.path, photos)
    assert shown.code == 0
    assert shown.out.splitlines() == [
        "verdict     red   green  picture",
        f"block    0.0000  1.0000  {photos}/green/strong.png",
        f"allow    0.0392  0.0392  {photos}/other/grey.png",
        f"block    1.0000  0.0000  {photos}/red/strong.png",
        f"review   0.4000  0.0000  {photos}/red/weak.png",
    ]
    assert shown.err.splitlines()[-1] == "4 pictures: 1 allow, 1 review, 2 block."


@pytest.mark.parametrize("option", [["--json"], ["--output", "jsonl"]])
def test_json_lines(rct, original, photos, option):
    shown = rct("predict", original.path, photos / "red", *option)
    rows = [json.loads(line) for line in shown.out.splitlines()]
    assert rows == [
        {"picture": f"{photos}/red/strong.png", "verdict": "block", "scores": {"red": 1.0, "green": 0.0}},
        {"picture": f"{photos}/red/weak.png", "verdict": "review", "scores": {"red": 0.4, "green": 0.0}},
    ]


def test_csv_quotes_what_needs_it(rct, original, paint):
    path = paint('odd, "name".png', (255, 255, 255))
    shown = rct("predict", original.path, path, "--output", "csv")
    rows = list(csv.DictReader(io.StringIO(shown.out)))
    assert rows == [{"picture": str(path), "verdict": "block", "red": "1.000000", "green": "1.000000", "error": ""}]


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_the_batch_size_changes_nothing(rct, original, photos, batch):
    assert rct("predict", original.path, photos, "--batch", batch).out == rct("predict", original.path, photos).out


@pytest.mark.parametrize("layout", ["table", "jsonl", "csv"])
def test_a_bad_picture_does_not_stop_the_others(rct, original, photos, layout):
    bad = photos / "red" / "broken.jpg"
    bad.write_bytes(b"\xff\xd8\xff\xe0 and then nothing")
    shown = rct("predict", original.path, photos, "--output", layout)
    assert shown.code == 0
    assert shown.err.splitlines()[-1] == "4 pictures: 1 allow, 1 review, 2 block; 1 could not be read."
    (line,) = [line for line in shown.err.splitlines() if "broken.jpg" in line]
    assert line.startswith(f"rct: {bad}: ")
    if layout == "jsonl":
        (row,) = [row for row in map(json.loads, shown.out.splitlines()) if "error" in row]
        assert row == {"picture": str(bad), "error": line.removeprefix("rct: ")}
    elif layout == "csv":
        (row,) = [row for row in csv.DictReader(io.StringIO(shown.out)) if row["error"]]
        assert (row["picture"], row["verdict"], row["red"]) == (str(bad), "", "")
    else:
        assert "broken" not in shown.out


def test_nothing_but_bad_pictures(rct, original, tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    shown = rct("predict", original.path, tmp_path / "a.png")
    assert shown.code == 2
    assert shown.err.splitlines()[-1] == "rct: pictures: none could be read (got 1 bad ones). Name others."


def test_a_name_that_would_steer_the_terminal(rct, original, paint):
    path = paint("red\x1b[31m\nalert.png", (0, 0, 0))
    shown = rct("predict", original.path, path)
    assert "\x1b" not in shown.out
    assert shown.out.splitlines()[1].endswith(r"red\x1b[31m\nalert.png")
    row = json.loads(rct("predict", original.path, path, "--json").out)
    assert row["picture"] == str(path)


def test_a_name_that_is_no_text(rct, original, paint, tmp_path):
    plain = paint("plain.png", (0, 0, 0))
    odd = tmp_path / "caf\udce9.png"
    plain.rename(odd)
    shown = rct("predict", original.path, odd)
    assert shown.code == 0
    assert shown.out.splitlines()[1].endswith(r"caf\udce9.png")
    assert rct("predict", original.path, odd, "--output", "csv").code == 0
    assert json.loads(rct("predict", original.path, odd, "--json").out)["picture"] == str(odd)


def test_quiet_leaves_only_the_data(rct, original, photos):
    assert rct("predict", original.path, photos, "--quiet").err == ""


def test_scores_that_are_not_numbers_go_to_a_person(rct, original, export, spec, tmp_path, photos):
    from models.runtimes.null import write_null

    broken = write_null(tmp_path / "nan", spec, bias=[float("nan"), 0.0])
    row = json.loads(rct("predict", broken.path, photos / "other", "--json").out)
    assert row["verdict"] == "review"
    assert row["scores"]["red"] is None


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nothing", "nowhere.jpg"], "rct: nowhere.jpg: no such file or folder."),
        (["nowhere.jpg"], "rct: nowhere.jpg: no such file or folder."),
        (["open_nsfw"], "rct: pictures: none named. Name files, folders or patterns after open_nsfw."),
        (["none/*.jpg"], "rct: none/*.jpg: no picture matches."),
    ],
)
def test_nothing_to_look_at(rct, arguments, line):
    shown = rct("predict", *arguments)
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.splitlines()[-1].startswith(line)


def test_no_such_bundle(rct, photos):
    shown = rct("predict", "exports/nothing", photos)
    assert shown.code == 2
    assert shown.err.splitlines()[-1].startswith("rct: exports/nothing: no such classifier. Name one of ")


def test_a_folder_without_pictures(rct, original, tmp_path):
    (tmp_path / "empty").mkdir()
    shown = rct("predict", original.path, tmp_path / "empty")
    assert shown.code == 2
    assert f"rct: {tmp_path}/empty: no picture in this folder." in shown.err


@pytest.mark.parametrize(
    ("arguments", "names", "pictures"),
    [
        (["open_nsfw", "a.jpg"], ("open_nsfw",), ["a.jpg"]),
        (["photos/*.jpg"], default_names(), ["photos/*.jpg"]),
        (["photos/*.jpg", "more"], default_names(), ["photos/*.jpg", "more"]),
        (["here.jpg", "b.jpg"], default_names(), ["here.jpg", "b.jpg"]),
        (["missing", "b.jpg"], ("missing",), ["b.jpg"]),
        (["bundle", "b.jpg"], ("bundle",), ["b.jpg"]),
    ],
)
def test_the_first_argument_is_a_classifier_if_it_can_be(tmp_path, monkeypatch, arguments, names, pictures):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.jpg").write_bytes(b"")
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "manifest.json").write_text("{}")
    assert split_arguments(arguments) == (names, pictures)


@pytest.fixture
def striped(tmp_path):
    """One row of a hundred is red: the share of red in the whole picture is not that in any resized one."""
    pixels = np.zeros((100, 3, 3), np.uint8)
    pixels[0, :, 0] = 255
    Image.fromarray(pixels).save(tmp_path / "striped.png")
    return tmp_path / "striped.png"


def test_a_bundle_that_resizes_gets_pictures_as_they_are(rct, export, striped, paint, tmp_path):
    other, bad = paint("other.png", (51, 0, 0), size=(5, 9)), tmp_path / "bad.png"
    bad.write_bytes(b"not a picture")
    bundle = export("inside", any_size=True)
    shown = rct("predict", bundle.path, striped, bad, other, "--json")
    rows = [json.loads(line) for line in shown.out.splitlines()]
    assert [row.get("scores", {}).get("red") for row in rows] == [0.01, None, 0.2]
    assert shown.err.splitlines()[-1] == "2 pictures: 2 allow, 0 review, 0 block; 1 could not be read."
    resized = json.loads(rct("predict", export("plain").path, striped, "--json").out)
    assert resized["scores"]["red"] != pytest.approx(0.01, abs=1e-4)


def test_a_picture_that_moves_is_never_allowed(rct, original, tmp_path):
    path = tmp_path / "x.png"
    frames = [Image.new("RGB", (16, 12), colour) for colour in ((0, 0, 0), (255, 0, 0))]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    shown = rct("predict", original.path, path, "--json")
    problem = f"{path}: several frames, and only the first was scored."
    assert json.loads(shown.out) == {
        "picture": str(path), "verdict": "review", "scores": {"red": 0.0, "green": 0.0}, "error": problem,
    }  # fmt: skip
    assert problem in shown.err
    assert rct("predict", original.path, path).out.splitlines()[-1].startswith("review")
