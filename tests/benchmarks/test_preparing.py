"""Peers prepared in processes of their own: what is ready is whole, and what is not says why."""

import json
from pathlib import Path

import pytest

from benchmarks.peers import FILES, SPEC, peer
from benchmarks.preparing import prepare_peers
from models.bundle import Bundle
from models.errors import UnknownName
from models.manifest import file_sha256
from models.spec import ClassifierSpec


@pytest.fixture
def told():
    return []


@pytest.fixture
def progress(told):
    return lambda text, *, done=0, total=None: told.append((text, done, total))


def test_what_is_ready_is_a_contender_and_what_is_not_has_a_reason(
    tiny_original, calibration_folder, tmp_path, monkeypatch, told, progress
):
    monkeypatch.delenv("RCT_YAHOO_ONNX", raising=False)
    pictures = sorted(calibration_folder.iterdir())
    wanted = [("keras_predict", "fp32"), ("yahoo_onnx", "fp32")]
    (tmp_path / "keras_predict-fp32").mkdir()
    (tmp_path / "keras_predict-fp32" / "old").touch()
    ready, left_out = prepare_peers(
        tiny_original, pictures, tmp_path, wanted, progress=progress, threads=2, stage="file"
    )
    (contender,) = ready
    assert (contender.name, contender.peer, contender.recipe) == ("keras_predict fp32", "keras_predict", "fp32")
    assert (contender.threads, contender.stage, contender.device) == (2, "file", "cpu")
    assert contender.environment == {"KERAS_BACKEND": "tensorflow"}
    folder = Path(contender.folder)
    assert folder == tmp_path / "keras_predict-fp32"
    assert ClassifierSpec.model_validate_json((folder / SPEC).read_text("utf-8")) == tiny_original.manifest.spec
    assert {file.name for file in folder.iterdir()} == {SPEC, FILES, "originals.json"}
    assert left_out == {"yahoo_onnx fp32": "yahoo_onnx: has the weights of open_nsfw only (got red-green)."}
    assert {path.name for path in tmp_path.iterdir()} == {"keras_predict-fp32"}, "nothing half-made is left"
    assert told == [
        ("Preparing keras_predict fp32", 0, 2),
        ("Preparing yahoo_onnx fp32", 1, 2),
        ("Peers are ready", 2, 2),
    ]


def test_a_device_that_a_peer_does_not_run_on_is_a_reason(tiny_original, tmp_path, progress):
    ready, left_out = prepare_peers(
        tiny_original, [], tmp_path, [("plain_litert", "fp32")], progress=progress, device="cuda"
    )
    assert ready == []
    assert left_out == {"plain_litert fp32": "does not run on cuda (it runs on cpu)"}


def test_packages_that_are_missing_are_a_reason(tiny_original, tmp_path, progress, monkeypatch):
    monkeypatch.setattr(peer("keras_predict"), "PACKAGES", ("keras", "no_such_package", "nor_this"))
    _, left_out = prepare_peers(tiny_original, [], tmp_path, [("keras_predict", "fp32")], progress=progress)
    assert left_out == {"keras_predict fp32": "not installed: no_such_package, nor_this"}


def test_a_recipe_that_is_not_there_is_refused_before_anything_is_done(tiny_original, tmp_path, told, progress):
    with pytest.raises(UnknownName) as refused:
        prepare_peers(
            tiny_original, [], tmp_path / "new", [("keras_predict", "fp32"), ("plain_onnx", "int4")], progress=progress
        )
    assert str(refused.value) == "recipe: unknown name (got 'int4'). Known: fp32, int8."
    assert not (tmp_path / "new").exists()
    assert not told


def test_one_that_takes_too_long_is_ended_and_leaves_nothing(tiny_original, tmp_path, progress):
    ready, left_out = prepare_peers(
        tiny_original, [], tmp_path, [("plain_onnx", "fp32")], progress=progress, seconds=0.2
    )
    assert ready == []
    assert left_out == {"plain_onnx fp32": "not ready after 0.2 s, and given up"}
    assert not list(tmp_path.iterdir())


def test_an_original_that_is_altered_is_a_reason(tiny_original, tmp_path, progress):
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in tiny_original.path.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    original = Bundle.open(copy)
    with original.model.open("ab") as stream:
        stream.write(b"more")
    _, left_out = prepare_peers(original, [], tmp_path / "peers", [("keras_predict", "fp32")], progress=progress)
    (reason,) = left_out.values()
    assert "not what the manifest says" in reason
    assert "\n" not in reason


@pytest.mark.slow
def test_int8_wants_pictures_to_calibrate_on(tiny_original, calibration_folder, tmp_path, progress):
    unreadable = tmp_path / "unreadable.png"
    unreadable.write_bytes(b"no picture")
    pictures = [unreadable, *sorted(calibration_folder.iterdir())]
    wanted = [("plain_onnx", "int8")]
    (contender,), _ = prepare_peers(tiny_original, pictures, tmp_path / "with", wanted, progress=progress)
    folder = Path(contender.folder)
    files = json.loads((folder / FILES).read_text("utf-8"))["files"]
    assert set(files) == {"model.onnx"} == {file.name for file in folder.iterdir()} - {SPEC, FILES}
    assert files["model.onnx"]["sha256"] == file_sha256(folder / "model.onnx")
    ready, left_out = prepare_peers(tiny_original, [unreadable], tmp_path / "without", wanted, progress=progress)
    assert ready == []
    (reason,) = left_out.values()
    assert "int8 wants pictures to calibrate on (got none)" in reason
