"""TensorFlow's runtime gives what it is asked for, or says why not."""

import sys

import numpy as np
import pytest
from written import keras_scores, write_bundle

from models.errors import BundleError, UnavailableError
from models.runtimes import RuntimeOptions, load_runtime


@pytest.fixture(scope="module")
def bundle(tiny_original, tmp_path_factory):
    return write_bundle(tiny_original, "saved_model", "fp32", tmp_path_factory.mktemp("bundles") / "any")


def test_scores_are_the_original_s(bundle, tiny_original, pictures):
    predict = load_runtime(bundle)
    for count in (12, 1):
        scores = predict(pictures[:count])
        assert (scores.shape, scores.dtype) == ((count, 2), np.float32)
        np.testing.assert_allclose(scores, keras_scores(tiny_original, pictures[:count]), atol=2e-6)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (RuntimeOptions(device="cuda"), "device cuda: TensorFlow sees no GPU. Use --device cpu."),
        (
            RuntimeOptions(graph_optimization="none"),
            "graph optimization: TensorFlow sets it for the process. Use the onnx format.",
        ),
        (
            RuntimeOptions(threads=57),
            "threads: TensorFlow has already started with others (asked for 57). Use a fresh process.",
        ),
    ],
)
def test_what_it_cannot_give(bundle, options, text):
    load_runtime(bundle)
    with pytest.raises(UnavailableError) as error:
        load_runtime(bundle, options)
    assert str(error.value) == text


def test_a_file_that_is_no_model(tiny_original, tmp_path):
    broken = write_bundle(tiny_original, "saved_model", "fp32", tmp_path / "broken")
    broken.model.write_bytes(b"SavedModel?")
    with pytest.raises(BundleError, match=r"saved_model\.pb: TensorFlow .* cannot load it \(.+\)\. See rct doctor\.$"):
        load_runtime(broken)


def test_without_tensorflow(bundle, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(UnavailableError) as error:
        load_runtime(bundle)
    assert str(error.value) == "tensorflow: not installed. pip install tensorflow."
