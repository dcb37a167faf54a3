"""OpenVINO's runtime gives what it is asked for, or says why not."""

import sys

import numpy as np
import pytest
from written import keras_scores, write_bundle

from models.errors import BundleError, UnavailableError
from models.runtimes import RuntimeOptions, load_runtime

pytest.importorskip("openvino", reason="pip install 'rct[openvino]'")


@pytest.fixture(scope="module")
def bundle(tiny_original, tmp_path_factory):
    return write_bundle(tiny_original, "openvino", "fp32", tmp_path_factory.mktemp("bundles") / "any")


@pytest.fixture(scope="module")
def expected(tiny_original, pictures):
    return keras_scores(tiny_original, pictures)


@pytest.mark.parametrize("hint", ["latency", "throughput"])
@pytest.mark.parametrize("threads", [None, 1])
def test_scores_are_the_original_s_and_in_the_pictures_order(bundle, pictures, expected, hint, threads):
    predict = load_runtime(bundle, RuntimeOptions(hint=hint, threads=threads))
    for count in (12, 1, 5):
        np.testing.assert_allclose(predict(pictures[:count]), expected[:count], atol=1e-5)


@pytest.mark.parametrize("hint", ["latency", "throughput"])
def test_a_fixed_batch_is_filled_up(tiny_original, pictures, expected, tmp_path, hint):
    fixed = write_bundle(tiny_original, "openvino", "fp32", tmp_path / "five", batch=5)
    scores = load_runtime(fixed, RuntimeOptions(hint=hint))(pictures)
    np.testing.assert_allclose(scores, expected, atol=1e-5)


def test_scores_stay_when_the_next_batch_is_run(bundle, pictures):
    predict = load_runtime(bundle)
    first = predict(pictures[:4])
    kept = first.copy()
    predict(pictures[4:8])
    np.testing.assert_array_equal(first, kept)


def test_runs_at_once_have_a_stream_each(bundle, pictures, expected, monkeypatch):
    """With one stream for all, as OpenVINO chooses for a low latency, they would wait for each other."""
    import openvino

    made, compile_model = [], openvino.Core.compile_model

    def spy(*arguments):
        made.append(compile_model(*arguments))
        return made[-1]

    monkeypatch.setattr(openvino.Core, "compile_model", spy)
    predict = load_runtime(bundle, RuntimeOptions(threads=1, runs=2))
    np.testing.assert_allclose(predict(pictures[:1]), expected[:1], atol=1e-5)
    assert [made[0].get_property(name) for name in ("NUM_STREAMS", "INFERENCE_NUM_THREADS")] == [2, 2]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            RuntimeOptions(device="cuda"),
            "device cuda: OpenVINO runs on the processor here. Use --device cpu, or the onnx format.",
        ),
        (
            RuntimeOptions(graph_optimization="none"),
            "graph optimization: OpenVINO cannot leave it out. Use the onnx format.",
        ),
    ],
)
def test_what_it_cannot_give(bundle, options, text):
    with pytest.raises(UnavailableError) as error:
        load_runtime(bundle, options)
    assert str(error.value) == text


def test_a_file_that_is_no_model(tiny_original, tmp_path):
    broken = write_bundle(tiny_original, "openvino", "fp32", tmp_path / "broken")
    broken.model.write_text("<net>")
    with pytest.raises(BundleError, match=r"model\.xml: OpenVINO .* cannot load it \(.+\)\. See rct doctor\.$"):
        load_runtime(broken)


def test_an_operation_that_it_does_not_know(tiny_original, tmp_path):
    broken = write_bundle(tiny_original, "openvino", "fp32", tmp_path / "unknown")
    broken.model.write_text(broken.model.read_text().replace('type="ReLU"', 'type="Abacus"', 1))
    with pytest.raises(BundleError, match=r"cannot load it \(.*Abacus.*\)"):
        load_runtime(broken)


def test_without_openvino(bundle, monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(UnavailableError) as error:
        load_runtime(bundle)
    assert str(error.value) == "openvino: not installed. pip install 'rct[openvino]'."
