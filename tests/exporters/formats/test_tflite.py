"""What `rct export --format tflite` writes, from an original to a bundle that runs."""

import zipfile

import numpy as np
import pytest

from exporters.export import ExportOptions, export
from exporters.formats import load_format
from models.classifier import find_original
from models.errors import UnknownName, UserError
from models.golden import GOLDEN_FILE, Golden
from models.runtimes import RuntimeOptions, load_runtime

TOLERANCE = {"fp32": 2e-6, "fp16": 2e-3, "int8": 0.05, "int8-dynamic": 0.03, "int16x8": 0.02}
FORMAT = load_format("tflite")


def made(original, recipe, target, **options):
    return export([original], "tflite", recipe, target, ExportOptions(**options), lambda _: None)


@pytest.fixture(scope="module", params=FORMAT.RECIPES)
def bundle(request, tiny_original, calibration_folder, tmp_path_factory):
    folder = calibration_folder if request.param in FORMAT.CALIBRATED else None
    target = tmp_path_factory.mktemp("tflite") / request.param
    return made(tiny_original, request.param, target, calibrate=folder)


@pytest.fixture(scope="module")
def expected(tiny_original, pictures):
    return load_runtime(tiny_original)(pictures)


def test_the_scores_are_the_originals(bundle, pictures, expected):
    scores = load_runtime(bundle)(pictures)
    np.testing.assert_allclose(scores, expected, atol=TOLERANCE[bundle.manifest.recipe])


@pytest.mark.parametrize("size", [1, 5])
def test_the_size_of_a_batch_does_not_matter(bundle, pictures, size):
    predict = load_runtime(bundle)
    whole = predict(pictures)
    parts = np.concatenate([predict(pictures[start : start + size]) for start in range(0, len(pictures), size)])
    # dynamic quantization takes its range from all the pictures of a batch, in interpreters without XNNPACK
    np.testing.assert_allclose(parts, whole, atol=1e-6)


def test_without_xnnpack_it_is_nearly_the_same(bundle, pictures):
    """Other kernels round differently: at most as much as quantization itself does."""
    plain = load_runtime(bundle, RuntimeOptions(graph_optimization="none"))(pictures)
    np.testing.assert_allclose(plain, load_runtime(bundle)(pictures), atol=TOLERANCE[bundle.manifest.recipe])


def test_the_manifest_says_what_it_is(bundle, tiny_original):
    manifest = bundle.manifest
    assert (manifest.format, manifest.model) == ("tflite", "model.tflite")
    assert [(tensor.name, tensor.dtype, tensor.shape) for tensor in (*manifest.inputs, *manifest.outputs)] == [
        ("image", "uint8", (None, 64, 64, 3)),
        ("scores", "float32", (None, 2)),
    ]
    assert manifest.parent.sha256 == tiny_original.manifest.sha256
    assert (manifest.calibration is not None) == (manifest.recipe in FORMAT.CALIBRATED)
    assert set(manifest.minimum_runtime) == {"ai-edge-litert", "tflite-runtime"}


def test_the_golden_scores_hold(bundle):
    golden = Golden.load(bundle.path / GOLDEN_FILE)
    np.testing.assert_allclose(
        load_runtime(bundle)(golden.resized), golden.scores, atol=TOLERANCE[bundle.manifest.recipe]
    )


def test_labels_travel_in_the_file(bundle):
    with zipfile.ZipFile(bundle.model) as archive:
        assert archive.read("labels.txt") == b"red\ngreen\n"


def test_the_same_export_is_the_same_file(tiny_original, tmp_path):
    first, second = (made(tiny_original, "fp16", tmp_path / name) for name in ("first", "second"))
    assert first.model.read_bytes() == second.model.read_bytes()


def test_a_fixed_batch_is_in_the_manifest_and_others_run_too(tiny_original, pictures, expected, tmp_path):
    bundle = made(tiny_original, "fp32", tmp_path / "batch", batch=4)
    assert bundle.manifest.inputs[0].shape == (4, 64, 64, 3)
    np.testing.assert_allclose(load_runtime(bundle)(pictures), expected, atol=2e-6)


def test_a_recipe_that_there_is_not(tiny_original, tmp_path):
    with pytest.raises(UnknownName) as error:
        made(tiny_original, "int4", tmp_path / "none")
    assert str(error.value) == (
        "recipe of tflite: unknown name (got 'int4'). Known: fp16, fp32, int16x8, int8, int8-dynamic."
    )


@pytest.mark.parametrize(
    ("option", "flag"),
    [({"opset": 13}, "--opset"), ({"ir_version": 8}, "--ir-version"), ({"cpu": "avx2"}, "--target-cpu")],
)
def test_options_of_other_formats(tiny_original, tmp_path, option, flag):
    with pytest.raises(UserError, match=f"{flag}: tflite has no such option"):
        made(tiny_original, "fp32", tmp_path / "none", **option)


@pytest.mark.slow
@pytest.mark.parametrize(("recipe", "limit"), [("fp32", 1e-5), ("fp16", 2e-3)])
def test_open_nsfw_keeps_its_scores(recipe, limit, tmp_path):
    from open_nsfw_golden import inputs

    original = find_original("open_nsfw")
    bundle = made(original, recipe, tmp_path / recipe)
    pixels = inputs()
    np.testing.assert_allclose(load_runtime(bundle)(pixels), load_runtime(original)(pixels), atol=limit)
