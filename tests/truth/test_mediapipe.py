"""Our .tflite files in MediaPipe's ImageClassifier, loaded with no options.

MediaPipe brings an OpenCV of its own, which would overwrite the one that other tests use: it wants an environment to
itself, whose Python is named by RCT_MEDIAPIPE_PYTHON (``python -m venv mp && mp/bin/pip install mediapipe``).
"""

import json
import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from exporters.export import ExportOptions, export
from exporters.formats import load_format
from models.classifier import find_original
from models.runtimes import load_runtime

SCRIPT = Path(__file__).with_name("mediapipe_answers.py")
PYTHON = os.environ.get("RCT_MEDIAPIPE_PYTHON", "python" if find_spec("mediapipe") else "")
FORMAT = load_format("tflite")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PYTHON, reason="RCT_MEDIAPIPE_PYTHON names no Python that has MediaPipe"),
]


def ask_mediapipe(model, pictures, folder):
    np.save(folder / "pictures.npy", pictures)
    command = [PYTHON, str(SCRIPT), str(model), str(folder / "pictures.npy")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def as_array(answers, labels):
    """Return [pictures, categories]; MediaPipe sorts categories by score, picture by picture."""
    assert all(set(answer) == set(labels) for answer in answers)
    return np.array([[answer[label] for label in labels] for answer in answers])


@pytest.mark.parametrize("recipe", FORMAT.RECIPES)
def test_it_returns_our_categories(recipe, tiny_original, calibration_folder, pictures, tmp_path):
    folder = calibration_folder if recipe in FORMAT.CALIBRATED else None
    options = ExportOptions(calibrate=folder)
    bundle = export([tiny_original], "tflite", recipe, tmp_path / "bundle", options, lambda _: None)
    answers = ask_mediapipe(bundle.model, pictures, tmp_path)["answers"]
    ours = load_runtime(bundle)(pictures)
    # the same kernels in another release: equal in floating point, a level here and there in integers
    np.testing.assert_allclose(as_array(answers, ("red", "green")), ours, atol=1e-5 if recipe == "fp32" else 0.02)


def test_the_metadata_says_what_we_meant(tiny_original, pictures, tmp_path):
    """Read with MediaPipe's copy of the schema."""
    bundle = export([tiny_original], "tflite", "fp32", tmp_path / "bundle", ExportOptions(), lambda _: None)
    found = ask_mediapipe(bundle.model, pictures[:1], tmp_path)["metadata"]
    assert (found["name"], found["license"]) == ("red-green", "CC0-1.0")
    (subgraph,) = found["subgraphMetadata"]
    (image,), (scores,) = subgraph["inputTensorMetadata"], subgraph["outputTensorMetadata"]
    rgb, normalization, thresholding, axis_labels = 1, 1, 3, 2
    assert image["content"]["contentProperties"] == {"colorSpace": rgb, "defaultSize": {"width": 64, "height": 64}}
    assert image["processUnits"] == [{"optionsType": normalization, "options": {"mean": [0.0], "std": [1.0]}}]
    assert image["stats"] == {"min": [0.0], "max": [255.0]}
    assert scores["processUnits"] == [{"optionsType": thresholding, "options": {"globalScoreThreshold": 0.0}}]
    assert [(file["name"], file["type"]) for file in scores["associatedFiles"]] == [("labels.txt", axis_labels)]
    assert [file["name"] for file in found["associatedFiles"]] == ["classifier.json"]


def test_open_nsfw(tmp_path):
    from open_nsfw_golden import inputs

    bundle = export(
        [find_original("open_nsfw")], "tflite", "fp32", tmp_path / "bundle", ExportOptions(), lambda _: None
    )
    pixels = inputs()[:12]
    answers = ask_mediapipe(bundle.model, pixels, tmp_path)["answers"]
    np.testing.assert_allclose(as_array(answers, ("adult",)), load_runtime(bundle)(pixels), atol=1e-5)
