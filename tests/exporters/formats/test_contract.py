"""What holds for every format that is found, without naming one, of a network with a plain head and a tapped one."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pytest
from written import SILENT, keras_scores, write_bundle

from exporters.calibration.pictures import calibration_set
from exporters.deploy import deploy
from exporters.formats import ExportOptions, check_request, format_names, load_format
from exporters.quantization.prepare import prepare
from models.errors import UnavailableError, UnknownName, UserError
from models.runtimes import RuntimeOptions, load_runtime, runtime, runtime_names

ROOT = Path(__file__).parents[3]
FORMATS = format_names()
RECIPES = [(name, recipe) for name in FORMATS for recipe in load_format(name).RECIPES]
LARGEST = {"fp32": 1e-5, "fp16": 2e-3, "bf16": 2e-2, "int8": 0.05, "int8-dynamic": 0.05, "int16x8": 0.05}
"""The largest difference of a score from the original's; int8's is that of a network of a thousand weights."""


def needs(name):
    """Skip where the package that a format needs is not installed."""
    try:
        version(load_format(name).DISTRIBUTION)
    except PackageNotFoundError:
        pytest.skip(f"pip install {load_format(name).DISTRIBUTION}")


@pytest.fixture(scope="module")
def originals(tiny_original, tapped_original):
    """Of two categories with a plain head, and of one with a head that taps every layer."""
    return (tiny_original, tapped_original)


@pytest.fixture(scope="module")
def prepared_together(originals, calibration_folder):
    rule = originals[0].manifest.spec.preprocessing
    return prepare(deploy(originals), rule, calibration_set(calibration_folder), SILENT)


@pytest.fixture(scope="module")
def expected_together(originals, pictures):
    return np.concatenate([keras_scores(original, pictures) for original in originals], axis=1)


@pytest.fixture(scope="module", params=RECIPES, ids="-".join)
def bundle(request, originals, prepared_together, tmp_path_factory):
    """One bundle for each recipe of each format, for batches of any size."""
    needs(request.param[0])
    return write_bundle(originals, *request.param, tmp_path_factory.mktemp("bundles") / "any", prepared_together)


@pytest.mark.parametrize("count", [1, 5])
def test_a_bundle_scores_as_the_original(bundle, pictures, expected_together, count):
    scores = load_runtime(bundle)(pictures[:count])
    assert (scores.shape, scores.dtype) == ((count, 3), np.float32)
    np.testing.assert_allclose(scores, expected_together[:count], atol=LARGEST[bundle.manifest.recipe])


def test_a_score_does_not_depend_on_the_batch_around_it(bundle, pictures):
    predict = load_runtime(bundle)
    together = predict(pictures)
    alone = np.concatenate([predict(picture[None]) for picture in pictures])
    np.testing.assert_allclose(together, alone, atol=LARGEST[bundle.manifest.recipe] / 5)


def test_runs_at_once_do_not_mix_their_pictures(bundle, pictures):
    """Two threads, one picture or five at a time, as a server has them."""
    predict = load_runtime(bundle, RuntimeOptions(runs=2))
    parts = [pictures[start : start + size] for start in range(0, 7, 2) for size in (1, 5)]
    alone = [predict(part) for part in parts]
    with ThreadPoolExecutor(2) as pool:
        for _ in range(3):
            for found, expected in zip(pool.map(predict, parts), alone, strict=True):
                np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_manifest_tells_what_goes_in_and_what_comes_out(bundle):
    manifest = bundle.manifest
    assert manifest.model in manifest.files
    assert (manifest.inputs[0].dtype, manifest.inputs[0].shape) == ("uint8", (None, 64, 64, 3))
    assert (manifest.outputs[0].dtype, manifest.outputs[0].shape) == ("float32", (None, 3))
    assert manifest.minimum_runtime


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_says_what_cannot_be_in_float_where_it_has_mixed_precision(name, tiny_backbone):
    module = load_format(name)
    assert set(tiny_backbone.convolutions()) >= module.NEVER_FLOAT
    for layer in module.NEVER_FLOAT:
        with pytest.raises(UserError, match=rf"--float-layers: .* \(got {layer}\)\."):
            module.check(ExportOptions(float_layers=(layer,)))


@pytest.mark.parametrize("name", [name for name in FORMATS if "batch" in load_format(name).OPTIONS])
def test_a_batch_that_is_fixed_serves_any_number_of_pictures(
    name, tiny_original, prepared, pictures, expected, tmp_path
):
    needs(name)
    recipe = load_format(name).RECIPES[0]
    bundle = write_bundle(tiny_original, name, recipe, tmp_path / "two", prepared, batch=2)
    assert bundle.manifest.inputs[0].shape[0] == bundle.manifest.outputs[0].shape[0] == 2
    np.testing.assert_allclose(load_runtime(bundle)(pictures[:3]), expected[:3], atol=LARGEST[recipe])


def test_pictures_of_another_size_are_one_line(bundle):
    with pytest.raises(UserError) as error:
        load_runtime(bundle)(np.zeros((2, 32, 48, 3), np.uint8))
    assert str(error.value) == (
        "pictures: not 64 x 64 pixels, which red-green-blue takes (got 48 x 32). "
        "Resize them with models.preprocessing.resize."
    )


@pytest.mark.parametrize("name", FORMATS)
def test_without_its_package_a_format_names_what_to_install(name, monkeypatch):
    def missing(package):
        raise PackageNotFoundError(package)

    needs(name)
    monkeypatch.setattr("exporters.formats.version", missing)
    with pytest.raises(UnavailableError) as error:
        check_request(name, load_format(name).RECIPES[0], ExportOptions())
    package = load_format(name).DISTRIBUTION
    assert str(error.value) == f"format {name}: {package} is not installed. pip install {package}."


@pytest.mark.parametrize("name", FORMATS)
def test_the_names_that_a_format_has(name):
    module = load_format(name)
    assert module.RECIPES
    assert set(module.RECIPES) <= set(LARGEST)
    assert set(module.RECIPES) >= module.CALIBRATED
    assert {field.name for field in fields(ExportOptions)} >= module.OPTIONS
    assert isinstance(module.DISTRIBUTION, str)
    assert any(name in runtime(other).FORMATS for other in runtime_names()), "nothing runs it"


@pytest.mark.parametrize("name", FORMATS)
def test_a_recipe_that_is_not_there_and_an_option_that_has_no_use(name):
    known = ", ".join(sorted(load_format(name).RECIPES))
    with pytest.raises(UnknownName) as unknown:
        check_request(name, "int1", ExportOptions())
    assert str(unknown.value) == f"recipe of {name}: unknown name (got 'int1'). Known: {known}."
    useless = [field.name for field in fields(ExportOptions) if field.name not in load_format(name).OPTIONS]
    given = {"opset": 13, "ir_version": 7, "calibrator": "minmax", "cpu": "vnni", "rounding": "nearest", "batch": 2}
    given["resize_in_graph"] = True
    for option in set(useless) & set(given):
        with pytest.raises(UserError, match=f"{name} has no such option"):
            check_request(name, load_format(name).RECIPES[0], ExportOptions(**{option: given[option]}))


def test_no_format_imports_what_it_writes_with():
    script = (
        "import sys; from exporters.formats import format_names, load_format\n"
        "for name in format_names(): load_format(name)\n"
        "heavy = {'tensorflow', 'keras', 'onnx', 'onnxruntime', 'tf2onnx', 'ai_edge_litert', 'litert_quantizer',\n"
        "         'openvino', 'jax', 'nncf'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
