"""The client for Python, run as its README says, against our own preprocessing and verdicts."""

import json
import subprocess
import sys

import numpy as np
import pytest
from served_package import load_client

from models.preprocessing import Preprocessing, read_picture
from toolchain.packaging.build import write_package


def run(package, *arguments):
    command = [sys.executable, "classifier.py", *map(str, arguments)]
    return subprocess.run(command, cwd=package, capture_output=True, text=True, check=False)


@pytest.fixture
def client(packaged, monkeypatch):
    return load_client(packaged, monkeypatch)


def test_its_selftest_passes_and_it_scores(packaged, golden_pictures):
    shown = run(packaged, "selftest")
    assert (shown.returncode, shown.stdout.splitlines()[-1]) == (0, "passed.")
    scored = json.loads(run(packaged, golden_pictures[3]).stdout)
    assert scored["scores"] == {"red": np.float32(200 / 255), "green": np.float32(40 / 255)}
    assert (scored["verdicts"], scored["verdict"]) == ({"red": "block", "green": "allow"}, "block")


@pytest.mark.parametrize("stage", ["decoded", "resized"])
def test_its_selftest_names_the_first_stage_that_differs(packaged, stage):
    picture = packaged / "golden" / f"3.{stage}.ppm"
    pixels = bytearray(picture.read_bytes())
    pixels[-1] ^= 0xFF
    picture.write_bytes(pixels)
    shown = run(packaged, "selftest")
    assert shown.returncode == 1
    assert shown.stdout.splitlines()[-1] == f"FAILED: {stage} is the first stage that differs."


def test_its_selftest_is_held_to_the_bundles_own_scores(packaged):
    path = packaged / "golden" / "golden.json"
    document = json.loads(path.read_text("utf-8"))
    own = document["pictures"][2]["bundle_scores"]
    document["pictures"][2]["bundle_scores"] = [own[0], own[1] + 2e-5]
    path.write_text(json.dumps(document), "utf-8")
    shown = run(packaged, "selftest")
    assert shown.stdout.splitlines()[-1] == "FAILED: bundle_score is the first stage that differs."


def test_its_selftest_does_without_the_bundles_own_scores(packaged):
    path = packaged / "golden" / "golden.json"
    document = json.loads(path.read_text("utf-8"))
    del document["tolerance"]["bundle_score"]
    for picture in document["pictures"]:
        del picture["bundle_scores"]
    path.write_text(json.dumps(document), "utf-8")
    shown = run(packaged, "selftest").stdout
    stages = ["decoded", "resized", "resized_score", "file_score", "passed."]
    assert [line.split()[0] for line in shown.splitlines()] == stages


@pytest.mark.parametrize("fit", ["stretch", "cover", "contain"])
@pytest.mark.parametrize("kind", ["bilinear", "lanczos"])
def test_its_pixels_are_ours(client, bundle_of, golden_pictures, tmp_path, fit, kind):
    size = {"width": 11, "height": 9, "filter": kind, "fit": fit}
    rule = Preprocessing.model_validate({"width": 8, "height": 6, "resize": size, "background": (9, 8, 7)})
    write_package(bundle_of(rule=rule, name=f"{fit}-{kind}"), "python", tmp_path / "other")
    theirs = client.Classifier.load(tmp_path / "other")
    for picture in golden_pictures:
        pixels = theirs.resize(theirs.decode(picture.read_bytes()))
        assert np.array_equal(pixels, read_picture(picture, rule))


def test_a_score_that_is_no_number_is_for_a_person(client, packaged):
    result = client.Classifier.load(packaged).judge([float("nan"), 0.0])
    assert (result.verdicts, result.verdict) == ({"red": "review", "green": "allow"}, "review")


def test_a_model_that_was_altered_is_not_loaded(client, packaged):
    (packaged / "model" / "model.onnx").write_bytes(b"another")
    with pytest.raises(ValueError, match=r"model\.onnx: not what the manifest says"):
        client.Classifier.load(packaged)


def test_what_is_left_out_is_refused(client, packaged):
    with pytest.raises(ValueError, match="not a JPEG, PNG, WebP, GIF or BMP"):
        client.Classifier.load(packaged).classify(b"II*\0" + bytes(100))


def test_its_command_says_what_it_takes(packaged):
    shown = run(packaged)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr.startswith("usage: python classifier.py selftest")


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_its_command_helps_whoever_asks(packaged, word):
    shown = run(packaged, word)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith("usage: python classifier.py selftest")


def test_a_picture_without_a_score_is_a_line_and_the_others_go_on(packaged, golden_pictures, tmp_path):
    (broken := tmp_path / "broken.png").write_bytes(golden_pictures[1].read_bytes()[:60])
    missing = tmp_path / "missing.jpg"
    shown = run(packaged, missing, broken, golden_pictures[3])
    assert shown.returncode == 1
    assert [json.loads(line)["file"] for line in shown.stdout.splitlines()] == [str(golden_pictures[3])]
    first, second = shown.stderr.splitlines()
    assert first == f"{missing}: No such file or directory. Let a person look."
    assert second.startswith(f"{broken}: ")


def test_a_package_that_is_not_whole_is_a_line(packaged, golden_pictures):
    (packaged / "model" / "model.onnx").write_bytes(b"another")
    for words in (["selftest"], [golden_pictures[3]]):
        shown = run(packaged, *words)
        assert (shown.returncode, shown.stdout) == (2, "")
        assert shown.stderr == "model.onnx: not what the manifest says.\n"
