"""Where no classifier is named, those that we ship go together: one graph, one score for each of their categories."""

import json

import pytest
from stand_in_zoo import stand_in


@pytest.fixture
def zoo(tmp_path, tiny_original, tapped_original, monkeypatch):
    stand_in(tmp_path / "zoo", tiny_original, tapped_original, monkeypatch)


def test_export_verify_and_predict_without_a_name(zoo, rct, calibration_folder):
    written = rct("export", "--images", calibration_folder, "--quiet")
    assert written.code == 0, written.err
    assert "exports/open_nsfw-cartoon-onnx-fp32" in written.out
    rows = [line.split() for line in written.out.splitlines()]
    assert [row[0] for row in rows if len(row) == 4][-3:] == ["red", "green", "blue"]
    bundle = "exports/open_nsfw-cartoon-onnx-fp32"
    verified = rct("verify", bundle, "--images", calibration_folder, "--by-layer", "--quiet")
    assert verified.code == 0, verified.out
    picture = calibration_folder / "03.png"
    ours, theirs = (json.loads(rct("predict", *what, picture, "--json").out) for what in ([bundle], []))
    assert list(theirs["scores"]) == ["red", "green", "blue"]
    assert ours["scores"] == pytest.approx(theirs["scores"], abs=1e-5)
    assert ours["verdict"] == theirs["verdict"]
