"""An artefact whose scores are off is brought back by its own runtime's word; one whose scores are right is left."""

import sys
from dataclasses import replace

import numpy as np
import onnxruntime
import pytest

from exporters.calibration.pictures import calibration_set
from exporters.deploy import fold_score_calibrations
from exporters.export import calibrate, load, write
from exporters.formats import ExportOptions
from models.golden import GOLDEN_FILE, Golden
from models.logit import logit
from models.runtimes import load_runtime

SILENT = lambda _: None  # noqa: E731


@pytest.fixture(scope="module")
def options(calibration_folder):
    return ExportOptions(calibrate=calibration_folder)


@pytest.fixture(scope="module")
def loaded(tiny_original, options):
    return load([tiny_original], options, SILENT)


@pytest.fixture(scope="module")
def prepared(loaded, options):
    return calibrate(loaded, options, SILENT)


@pytest.fixture(scope="module")
def off(prepared):
    """Prepared with heads that say something else: the second category half as sure, and a good deal higher."""
    network = fold_score_calibrations(prepared.network, np.array([1.0, 0.5]), np.array([0.0, 1.5]))
    return replace(prepared, network=network)


@pytest.mark.parametrize("format_name", ["onnx", "tflite", "openvino"])
def test_scores_that_are_off_are_brought_back(loaded, off, options, format_name, tmp_path, tiny_original):
    bundle = write(loaded, off, format_name, "int8", tmp_path / "made", options, SILENT)
    refit = bundle.manifest.refit
    assert bundle.manifest.schema_version == "rct.bundle/2"
    assert (refit.pictures, refit.sha256) == (24, bundle.manifest.calibration.sha256)
    assert (refit.categories["red"].slope, refit.categories["red"].intercept) == (1, 0)
    green = refit.categories["green"]
    assert green.loss_after < green.loss_before / 10
    pictures = np.concatenate(list(off.reference.pictures.batches(loaded.spec.preprocessing, 8)))
    error = logit(load_runtime(bundle)(pictures)) - logit(off.reference.scores)
    assert np.abs(error).mean(axis=0).max() < 0.3
    assert bundle.manifest.spec.thresholds == tiny_original.manifest.spec.thresholds


def test_scores_that_are_right_are_left_and_the_manifest_says_so(loaded, prepared, options, tmp_path):
    said = []
    bundle = write(loaded, prepared, "onnx", "int8", tmp_path / "made", options, said.append)
    assert "refitting scores and thresholds on 24 pictures" in said
    for category in bundle.manifest.refit.categories.values():
        assert (category.slope, category.intercept) == (1, 0)
        assert category.loss_before == category.loss_after
        assert category.thresholds_before == category.thresholds_after


def test_thresholds_go_into_the_spec_and_the_file(loaded, prepared, options, tmp_path, monkeypatch):
    from exporters.quantization import refit
    from models.litert_file import describe_litert
    from models.spec import Thresholds

    monkeypatch.setattr(refit, "refitted", lambda *_: Thresholds(review=0.3, block=0.7))
    bundle = write(loaded, prepared, "tflite", "int8", tmp_path / "made", options, SILENT)
    assert bundle.manifest.spec.thresholds["red"] == Thresholds(review=0.3, block=0.7)
    assert bundle.manifest.refit.categories["red"].thresholds_before == Thresholds(review=0.4, block=0.6)
    assert describe_litert(bundle.model)["thresholds"]["red"] == {"review": 0.3, "block": 0.7}


def test_a_processor_that_overflows_is_not_asked(loaded, off, options, tmp_path, monkeypatch):
    monkeypatch.setattr("exporters.quantization.prepare.int8_saturates", lambda: True)
    said = []
    bundle = write(loaded, off, "onnx", "int8", tmp_path / "made", options, said.append)
    assert bundle.manifest.refit is None
    assert "not refitting scores: int8 overflows on this processor, and is meant for another" in said
    assert "not keeping its own golden scores: int8 overflows on this processor, and is meant for another" in said
    assert Golden.load(bundle.path / GOLDEN_FILE).bundle_scores is None


def test_an_artefact_keeps_its_own_scores_as_its_runtime_gives_them(loaded, prepared, options, tmp_path):
    bundle = write(loaded, prepared, "onnx", "int8", tmp_path / "made", options, SILENT)
    golden = Golden.load(bundle.path / GOLDEN_FILE)
    session = onnxruntime.InferenceSession(bundle.model, providers=["CPUExecutionProvider"])
    expected = [session.run(None, {session.get_inputs()[0].name: one[None]})[0][0] for one in golden.resized]
    np.testing.assert_allclose(golden.bundle_scores, expected, atol=1e-6)
    assert np.abs(golden.bundle_scores - golden.scores).max() > 1e-5  # int8 is not the original


def test_without_its_runtime_an_artefact_has_no_scores_of_its_own(loaded, options, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    said = []
    bundle = write(loaded, None, "onnx", "fp32", tmp_path / "made", options, said.append)
    assert Golden.load(bundle.path / GOLDEN_FILE).bundle_scores is None
    assert [line for line in said if line.startswith("not keeping its own golden scores: onnxruntime: not installed")]


def test_scores_that_are_no_numbers_teach_nothing(loaded, prepared, calibration_folder):
    from exporters.quantization.refit import refit

    def broken(batch):
        return np.full((len(batch), 2), np.nan, np.float32)

    reference = replace(prepared.reference, pictures=calibration_set(calibration_folder))
    found = refit(broken, reference, loaded.spec, prepared.calibration)
    assert not found.moves_scores
    assert found.categories["red"].loss_before is None
