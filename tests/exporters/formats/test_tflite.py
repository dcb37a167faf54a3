"""What `rct export --format tflite` writes; test_contract.py has what holds for every format."""

import zipfile

import numpy as np
import pytest
from written import write_bundle

from exporters.export import ExportOptions, export
from exporters.formats import check_request, load_format
from models.classifier import find_original
from models.errors import UserError
from models.runtimes import RuntimeOptions, load_runtime

LARGEST = {"fp32": 2e-6, "fp16": 2e-3, "int8": 0.05, "int8-dynamic": 0.03, "int16x8": 0.02}
FORMAT = load_format("tflite")


@pytest.fixture(scope="module", params=FORMAT.RECIPES)
def bundle(request, tiny_original, prepared, tmp_path_factory):
    return write_bundle(tiny_original, "tflite", request.param, tmp_path_factory.mktemp("tflite") / "any", prepared)


def test_the_scores_are_the_originals(bundle, pictures, expected):
    np.testing.assert_allclose(load_runtime(bundle)(pictures), expected, atol=LARGEST[bundle.manifest.recipe])


def test_the_size_of_a_batch_changes_nothing(bundle, pictures):
    predict = load_runtime(bundle)
    parts = np.concatenate([predict(pictures[:1]), predict(pictures[1:6]), predict(pictures[6:])])
    np.testing.assert_allclose(parts, predict(pictures), atol=1e-6)


def test_other_kernels_than_those_of_xnnpack_agree(bundle, pictures, expected):
    plain = load_runtime(bundle, RuntimeOptions(graph_optimization="none"))(pictures)
    np.testing.assert_allclose(plain, expected, atol=LARGEST[bundle.manifest.recipe])


def test_labels_travel_in_the_file(bundle):
    with zipfile.ZipFile(bundle.model) as archive:
        assert archive.read("labels.txt") == b"red\ngreen\n"


def test_the_manifest_names_the_interpreters(bundle):
    assert set(bundle.manifest.minimum_runtime) == {"ai-edge-litert", "tflite-runtime"}


def test_the_same_export_is_the_same_file(tiny_original, prepared, tmp_path):
    first, second = (
        write_bundle(tiny_original, "tflite", "int8", tmp_path / name, prepared).model.read_bytes()
        for name in ("first", "second")
    )
    assert first == second


@pytest.mark.parametrize(
    ("option", "flag"),
    [({"opset": 13}, "--opset"), ({"ir_version": 8}, "--ir-version"), ({"cpu": "avx2"}, "--target-cpu")],
)
def test_options_of_other_formats(option, flag):
    with pytest.raises(UserError, match=f"{flag}: tflite has no such option"):
        check_request("tflite", "fp32", ExportOptions(**option))


@pytest.mark.slow
@pytest.mark.parametrize(("recipe", "limit"), [("fp32", 1e-5), ("fp16", 2e-3)])
def test_open_nsfw_keeps_its_scores(recipe, limit, tmp_path):
    from open_nsfw_golden import inputs

    original = find_original("open_nsfw")
    bundle = export([original], "tflite", recipe, tmp_path / recipe, ExportOptions(), lambda _: None)
    pixels = inputs()
    np.testing.assert_allclose(load_runtime(bundle)(pixels), load_runtime(original)(pixels), atol=limit)
