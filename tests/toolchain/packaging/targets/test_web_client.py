"""The web client's own arithmetic, in Node.js without any package: resizing, verdicts, what it refuses."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from moving_pictures import FINE, MANY_SCANS, MOVES, write_pictures

from models.preprocessing import Preprocessing, resize
from toolchain.packaging.rendering import CLIENTS

CLIENT = CLIENTS / "web" / "classifier.js"
HERE = Path(__file__).parent
FILTERS = ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")


def node(script, *arguments):
    command = ["node", str(HERE / script), str(CLIENT), *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout.splitlines()


def rule(size, filter_name, fit="stretch", crop=None):
    width, height = size
    return Preprocessing.model_validate(
        {
            "width": (crop or size)[0],
            "height": (crop or size)[1],
            "resize": {"width": width, "height": height, "filter": filter_name, "fit": fit},
            "background": (10, 200, 90),
        }
    )


def test_it_resizes_as_pillow_does(tmp_path):
    sizes = [(17, 400), (400, 17), (97, 83), (64, 48), (1, 1), (30, 31), (301, 203), (5, 90)]
    rules = [rule((64, 48), name) for name in FILTERS]
    rules += [rule((50, 60), name, fit, (33, 40)) for name in ("bilinear", "lanczos") for fit in ("cover", "contain")]
    chance = np.random.default_rng(3)
    pictures = [chance.integers(0, 256, (height, width, 3), dtype=np.uint8) for width, height in sizes]
    cases = [(each, pixels) for each in rules for pixels in pictures]
    questions = [
        {
            "rule": each.model_dump(mode="json"),
            "width": pixels.shape[1],
            "height": pixels.shape[0],
            "pixels": base64.b64encode(pixels.tobytes()).decode(),
        }
        for each, pixels in cases
    ]
    (tmp_path / "cases.json").write_text(json.dumps(questions))
    answers = node("web_resize.mjs", tmp_path / "cases.json")
    for (each, pixels), answer in zip(cases, answers, strict=True):
        ours = np.frombuffer(base64.b64decode(answer), np.uint8).reshape(each.height, each.width, 3)
        off = np.abs(ours.astype(int) - resize(pixels, each)).max()
        assert off == 0, f"{each.resize} from {pixels.shape}: off by {off}"


def test_what_moves_or_takes_minutes_is_refused(tmp_path):
    expected = write_pictures(tmp_path)
    assert {FINE, MOVES, MANY_SCANS} == set(expected.values())
    assert dict(zip(expected, node("web_container.mjs", *expected), strict=True)) == expected


def test_damage_neither_hangs_nor_passes_for_another_fault(tmp_path):
    chance = np.random.default_rng(5)
    for path in list(write_pictures(tmp_path)):
        content = np.frombuffer(path.read_bytes(), np.uint8).copy()
        where = chance.integers(3, len(content), 5)
        content[where] = chance.integers(0, 256, 5)
        path.write_bytes(content[: chance.integers(2, len(content) + 1)].tobytes())
    (tmp_path / "empty").write_bytes(b"")
    assert set(node("web_container.mjs", *sorted(tmp_path.iterdir()))) <= {FINE, MOVES, MANY_SCANS}


@pytest.fixture
def folder(tmp_path):
    """A package as far as loading goes: a manifest, and a model of three bytes."""
    manifest = {
        "schema_version": "rct.bundle/1",
        "format": "onnx",
        "model": "model.onnx",
        "inputs": [{"shape": [None, 48, 64, 3]}],
        "outputs": [{"dtype": "float32"}],
        "files": {"model.onnx": {"sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}},
        "spec": {
            "categories": [{"name": "red"}, {"name": "green"}],
            "preprocessing": rule((64, 48), "bilinear").model_dump(mode="json"),
            "thresholds": {"red": {"review": 0.1, "block": 0.75}, "green": {"review": 0.5, "block": 0.5}},
        },
    }
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.onnx").write_bytes(b"abc")

    def write(change=None):
        if change is not None:
            change(manifest)
        (tmp_path / "model" / "manifest.json").write_text(json.dumps(manifest))
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("scores", "verdicts", "verdict"),
    [
        ([0.05, 0.2], ["allow", "allow"], "allow"),
        ([0.1, 0.2], ["review", "allow"], "review"),
        ([float(np.float32(0.1)), 0.2], ["review", "allow"], "review"),
        ([float(np.nextafter(0.1, 0)), 0.2], ["allow", "allow"], "allow"),
        ([0.75, 0.2], ["block", "allow"], "block"),
        ([0.2, 0.5], ["review", "block"], "block"),
        (["NaN", 0.2], ["review", "allow"], "review"),
        (["NaN", 0.9], ["review", "block"], "block"),
    ],
)
def test_verdicts(folder, tmp_path, scores, verdicts, verdict):
    (tmp_path / "questions.json").write_text(json.dumps([scores]))
    (line,) = node("web_load.mjs", folder(), tmp_path / "questions.json")
    answer = json.loads(line)
    assert [answer["verdicts"][label] for label in ("red", "green")] == verdicts
    assert answer["verdict"] == verdict


def _set(*path_and_value):
    *path, last, value = path_and_value

    def change(manifest):
        for key in path:
            manifest = manifest[key]
        manifest[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            _set("schema_version", "rct.bundle/9"),
            "manifest.json: this client does not know this schema_version (got rct.bundle/9).",
        ),
        (_set("format", "tflite"), "manifest.json: this client does not know this format (got tflite)."),
        (
            _set("spec", "preprocessing", "resize", "filter", "mitchell"),
            "manifest.json: this client does not know this filter (got mitchell).",
        ),
        (
            _set("files", "model.onnx", "sha256", "0" * 64),
            "model.onnx: not what the manifest says. Copy the package again.",
        ),
    ],
)
def test_it_refuses_what_it_does_not_know(folder, tmp_path, change, message):
    (tmp_path / "questions.json").write_text("[]")
    assert node("web_load.mjs", folder(change), tmp_path / "questions.json") == [message]
