"""Runtimes are found by their file names, and the null runtime does the arithmetic that it says it does."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.bundle import Bundle
from models.errors import BundleError, UnavailableError, UnknownName, UserError
from models.runtimes import RuntimeOptions, load_runtime, runtime, runtime_names
from models.runtimes.null import write_null

ROOT = Path(__file__).parents[2]


def test_every_module_of_the_folder_is_a_runtime():
    files = {path.stem for path in (ROOT / "models" / "runtimes").glob("*.py")} - {"__init__"}
    assert set(runtime_names()) == files


@pytest.mark.parametrize("name", runtime_names())
def test_the_contract(name):
    module = runtime(name)
    assert isinstance(module.FORMATS, tuple)
    assert all(isinstance(item, str) for item in module.FORMATS)
    assert isinstance(module.DISTRIBUTION, str)
    assert callable(module.load)


def test_no_runtime_imports_what_it_drives():
    script = (
        "import sys; from models.runtimes import runtime, runtime_names\n"
        "for name in runtime_names(): runtime(name)\n"
        "print(sorted({'tensorflow', 'keras', 'onnxruntime', 'onnx', 'ai_edge_litert', 'jax'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_unknown_runtime_lists_the_known_ones():
    with pytest.raises(UnknownName) as error:
        runtime("abacus")
    assert str(error.value) == f"runtime: unknown name (got 'abacus'). Known: {', '.join(sorted(runtime_names()))}."


def test_a_runtime_that_does_not_run_the_format(tmp_path, spec):
    bundle = write_null(tmp_path / "tiny", spec)
    with pytest.raises(BundleError, match=r"no runtime for this format \(got null, asked onnxruntime\)"):
        load_runtime(bundle, name="onnxruntime")


def test_scores_are_a_linear_rule_on_the_mean_colour(tmp_path, spec):
    predict = load_runtime(write_null(tmp_path / "tiny", spec, weights=[[1, 0, 0], [0.5, 0.25, 0.25]], bias=[0, 0.125]))
    batch = np.zeros((2, 6, 8, 3), np.uint8)
    batch[0, :, :, 0] = 255
    batch[1, :3] = (51, 102, 204)
    scores = predict(batch)
    assert scores.dtype == np.float32
    # Half of the second picture is (0.2, 0.4, 0.8): mean (0.1, 0.2, 0.4), so 0.05 + 0.05 + 0.1 + 0.125.
    np.testing.assert_allclose(scores, [[1.0, 0.625], [0.1, 0.325]], atol=1e-6)


def test_scores_stay_between_zero_and_one(tmp_path, spec):
    predict = load_runtime(write_null(tmp_path / "tiny", spec, weights=[[9, 9, 9], [-9, -9, -9]]))
    np.testing.assert_array_equal(predict(np.full((1, 6, 8, 3), 128, np.uint8)), [[1.0, 0.0]])


def test_without_weights_each_category_scores_a_channel(tmp_path, spec):
    scores = load_runtime(write_null(tmp_path / "tiny", spec))(np.full((1, 6, 8, 3), (255, 0, 0), np.uint8))
    np.testing.assert_array_equal(scores, [[1.0, 0.0]])


def test_a_bundle_says_where_it_came_from(tmp_path, spec):
    parent = write_null(tmp_path / "parent", spec)
    child = write_null(
        tmp_path / "child", spec, recipe="int8", parent={"name": "tiny", "sha256": parent.manifest.sha256}
    )
    assert Bundle.open(child.path).manifest.parent.sha256 == parent.manifest.sha256
    assert child.manifest.recipe == "int8"


def test_the_null_runtime_has_no_gpu(tmp_path, spec):
    with pytest.raises(UnavailableError, match=r"runs on the processor only \(got cuda\)"):
        load_runtime(write_null(tmp_path / "tiny", spec), RuntimeOptions(device="cuda"))


@pytest.mark.parametrize("rule", [{}, {"weights": [1], "bias": [0, 0]}, {"weights": "red", "bias": []}, []])
def test_a_model_file_that_is_no_rule(tmp_path, spec, rule):
    bundle = write_null(tmp_path / "tiny", spec)
    bundle.model.write_text(json.dumps(rule))
    with pytest.raises(BundleError, match="not a null model"):
        load_runtime(bundle)


NOT_BYTES = "pictures: not uint8 [pictures, height, width, 3], which tiny takes (got {}). "


@pytest.mark.parametrize(
    ("kind", "shape", "got"),
    [
        (np.float32, (1, 6, 8, 3), "float32 [1, 6, 8, 3]"),
        (np.uint8, (6, 8, 3), "uint8 [6, 8, 3]"),
        (np.uint8, (1, 6, 8, 4), "uint8 [1, 6, 8, 4]"),
    ],
)
def test_pictures_of_another_kind_are_one_line(tmp_path, spec, kind, shape, got):
    with pytest.raises(UserError) as error:
        load_runtime(write_null(tmp_path / "tiny", spec))(np.zeros(shape, kind))
    assert str(error.value) == NOT_BYTES.format(got) + "Read them with models.preprocessing."


def test_pictures_of_another_size_are_one_line(tmp_path, spec):
    with pytest.raises(UserError) as error:
        load_runtime(write_null(tmp_path / "tiny", spec))(np.zeros((2, 12, 16, 3), np.uint8))
    assert str(error.value) == (
        "pictures: not 8 x 6 pixels, which tiny takes (got 16 x 12). Resize them with models.preprocessing.resize."
    )


def test_a_bundle_that_resizes_takes_pictures_of_both_kinds(tmp_path, spec):
    bundle = write_null(tmp_path / "tiny", spec, any_size=True)
    small, large = np.full((1, 6, 8, 3), 255, np.uint8), np.full((2, 50, 70, 3), 255, np.uint8)
    np.testing.assert_array_equal(load_runtime(bundle)(small), [[1.0, 1.0]])
    np.testing.assert_array_equal(load_runtime(bundle, RuntimeOptions(whole=True))(large), np.ones((2, 2)))
    with pytest.raises(UserError, match="not 8 x 6 pixels"):
        load_runtime(bundle)(large)
