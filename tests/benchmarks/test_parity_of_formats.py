"""The measurement of parity, row by row: what is kept, what is refused, and one row for real."""

import hashlib
import json
import subprocess

import numpy as np
import pytest
from PIL import Image

from benchmarks.figures.commands import export
from benchmarks.figures.page import main as write_page
from benchmarks.figures.parity import ROWS, main
from benchmarks.figures.sections.parity import LIMITS


@pytest.fixture
def images(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    chance = np.random.default_rng(3)
    for index in range(3):
        colours = chance.integers(0, 256, (4, 4, 3), np.uint8)
        Image.fromarray(np.kron(colours, np.ones((60, 60, 1), np.uint8))).save(folder / f"{index}.png")
    return folder


def digest(folder):
    each = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir())
    return hashlib.sha256("".join(each).encode()).hexdigest()


def test_every_limit_is_of_a_row_that_is_measured():
    assert set(LIMITS) <= set(ROWS)
    assert len(ROWS) == 16
    assert ROWS["onnx int8 nearest"].options == ("--rounding", "nearest")


def test_a_row_that_is_there_is_kept(images, tmp_path, capsys):
    out = tmp_path / "parity.json"
    document = {"pictures_sha256": digest(images), "rows": {"onnx fp32": {"passed": True}}}
    out.write_text(json.dumps(document), "utf-8")
    assert main(["--images", str(images), "--out", str(out), "--rows", "onnx fp32"]) == 0
    assert json.loads(out.read_text("utf-8")) == document
    assert capsys.readouterr().err == "onnx fp32: kept\n"


def test_rows_of_other_pictures_are_not_mixed(images, tmp_path, capsys):
    out = tmp_path / "parity.json"
    out.write_text(json.dumps({"pictures_sha256": "0" * 64, "rows": {}}), "utf-8")
    with pytest.raises(SystemExit) as refused:
        main(["--images", str(images), "--out", str(out)])
    assert refused.value.code == 2
    assert f"{out}: its rows were measured on other pictures. Give --out another place." in capsys.readouterr().err


@pytest.mark.slow
def test_a_row_says_what_its_scores_say(images, tmp_path):
    out = tmp_path / "figures" / "parity.json"
    assert main(["--images", str(images), "--out", str(out), "--rows", "saved_model fp32"]) == 0
    document = json.loads(out.read_text("utf-8"))
    assert document["pictures_sha256"] == digest(images)
    row = document["rows"]["saved_model fp32"]
    assert (row["format"], row["recipe"], row["pictures"]) == ("saved_model", "fp32", 3)
    scores = {who: np.array(values) for who, values in row["scores"].items()}
    for values in scores.values():
        np.testing.assert_allclose(values, values.astype(np.float32), rtol=1e-8, atol=0)
    difference = np.abs(scores["candidate"] - scores["original"])
    assert row["difference"]["max_abs"]["value"] == pytest.approx(difference.max(), abs=1e-9)
    logits = {who: np.log(values / (1 - values)) for who, values in scores.items()}
    expected = np.abs(logits["candidate"] - logits["original"]).mean()
    assert row["difference"]["logit_mean_abs"]["value"] == pytest.approx(expected, abs=1e-7)
    weights = 4 * 5_870_000
    assert weights < row["bytes"] < 1.1 * weights
    assert row["peak_mib"] > weights / 2**20
    assert row["seconds"] > 0
    write_page([str(out.parent), str(tmp_path / "page.md")])
    assert "| saved_model fp32 | " in (tmp_path / "page.md").read_text("utf-8")


def test_a_command_that_fails_is_told_from_a_verdict(tmp_path):
    with pytest.raises(subprocess.CalledProcessError) as failed:
        export("nobody", "onnx", "fp32", tmp_path)
    assert failed.value.returncode == 2
