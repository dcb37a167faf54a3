"""Our ONNX bundles in onnxruntime-node, read as a JavaScript client would: the manifest, the model, bytes in.

RCT_ONNXRUNTIME_NODE names a folder in which ``npm install --ignore-scripts onnxruntime-node@1.30.0`` was run (its
script downloads CUDA libraries, which nothing here needs); ``node`` is on the path.
"""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from benchmarks.tolerance import tolerance_for
from exporters.export import ExportOptions, export
from models.bundle import Bundle
from models.classifier import find_original
from models.golden import GOLDEN_FILE, Golden

SCRIPT = Path(__file__).with_name("onnxruntime_node_answers.cjs")
FOLDER = os.environ.get("RCT_ONNXRUNTIME_NODE", "")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER, reason="RCT_ONNXRUNTIME_NODE names no folder that has onnxruntime-node"),
]


def ask_node(bundle: Bundle, batch, folder):
    """Return the scores of uint8 [n, height, width, 3] by onnxruntime-node, [n, categories]."""
    (folder / "pictures").write_bytes(batch.tobytes())
    command = ["node", SCRIPT, FOLDER, bundle.path, folder / "pictures", *batch.shape[:3]]
    done = subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr[-2000:]
    document = json.loads(done.stdout)
    assert document["version"]
    return np.array([[answer[label] for label in bundle.manifest.spec.labels] for answer in document["answers"]])


@pytest.fixture(scope="module", params=["fp32", "int8"])
def recipe(request):
    return request.param


def exported(original, recipe, folder, **options):
    return export([original], "onnx", recipe, folder / recipe, ExportOptions(**options), lambda _: None)


def check(bundle, scores, golden):
    if bundle.manifest.recipe == "fp32":
        np.testing.assert_allclose(scores, golden.scores, atol=1e-5)
    else:
        tolerance = tolerance_for(bundle.manifest.recipe)
        assert np.abs(scores - golden.scores).max() <= tolerance.p99_abs_score


def test_golden_scores_of_a_network_with_two_categories(recipe, tiny_original, calibration_folder, tmp_path):
    folder = calibration_folder if recipe == "int8" else None
    bundle = exported(tiny_original, recipe, tmp_path, calibrate=folder)
    golden = Golden.load(bundle.path / GOLDEN_FILE)
    check(bundle, ask_node(bundle, golden.resized, tmp_path), golden)


def test_golden_scores_of_open_nsfw(recipe, tmp_path):
    bundle = exported(find_original("open_nsfw"), recipe, tmp_path)
    golden = Golden.load(bundle.path / GOLDEN_FILE)
    check(bundle, ask_node(bundle, golden.resized, tmp_path), golden)


def test_whole_golden_pictures(recipe, tiny_original, calibration_folder, tmp_path):
    """Resized inside the model: each is a batch of one, since their sizes differ."""
    original, folder = (find_original("open_nsfw"), None) if recipe == "fp32" else (tiny_original, calibration_folder)
    bundle = exported(original, recipe, tmp_path, resize_in_graph=True, calibrate=folder)
    golden = Golden.load(bundle.path / GOLDEN_FILE)
    scores = np.concatenate([ask_node(bundle, pixels[None], tmp_path) for pixels in golden.decoded])
    np.testing.assert_allclose(scores, golden.scores, atol=tolerance_for(recipe).max_abs_resize)
