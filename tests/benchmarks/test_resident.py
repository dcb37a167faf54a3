"""Runs on pictures that lie on the device give the scores of runs from memory; the CPU is a device like others here."""

import numpy as np
import pytest
from written import write_bundle

from benchmarks.latency.resident import resident_names, resident_runs
from models.errors import BundleError, UnavailableError
from models.runtimes import RuntimeOptions, load_runtime, runtime_names

FORMATS = {"onnxruntime": "onnx", "jax": "stablehlo"}


@pytest.fixture(scope="module", params=sorted(FORMATS))
def runtime(request):
    pytest.importorskip(request.param)
    return request.param


@pytest.fixture(scope="module")
def bundle(runtime, tiny_original, tmp_path_factory):
    return write_bundle(tiny_original, FORMATS[runtime], "fp32", tmp_path_factory.mktemp("bundles") / runtime)


def test_they_are_named_as_runtimes():
    assert set(resident_names()) == set(FORMATS)
    assert set(resident_names()) <= set(runtime_names())
    assert resident_runs("null") is None


def scores_of(found):
    return np.asarray(found.numpy() if hasattr(found, "numpy") else found)


def test_scores_are_those_of_the_runtime(runtime, bundle, pictures):
    place, run = resident_runs(runtime).resident(bundle, RuntimeOptions())
    first, second = place(pictures[:5]), place(pictures[5:6])
    expected = load_runtime(bundle, name=runtime)(pictures)
    for _ in range(2):  # a placed batch is not used up
        np.testing.assert_allclose(scores_of(run(first)), expected[:5], atol=1e-6)
        np.testing.assert_allclose(scores_of(run(second)), expected[5:6], atol=1e-6)


def test_what_is_placed_is_a_copy(runtime, bundle, pictures):
    place, run = resident_runs(runtime).resident(bundle, RuntimeOptions())
    batch = pictures[:2].copy()
    placed = place(batch)
    expected = scores_of(run(placed)).copy()
    batch[:] = 255 - batch
    np.testing.assert_array_equal(scores_of(run(placed)), expected)


def test_a_fixed_batch_is_not_filled_up(runtime, tiny_original, pictures, tmp_path):
    fixed = write_bundle(tiny_original, FORMATS[runtime], "fp32", tmp_path / "five", batch=5)
    place, _ = resident_runs(runtime).resident(fixed, RuntimeOptions())
    with pytest.raises(BundleError) as error:
        place(pictures[:4])
    assert str(error.value) == f"{fixed.model}: takes 5 pictures at once (got 4). Give it as many."


def test_without_a_gpu_nothing_runs(runtime, bundle):
    """No test of this suite sees a GPU."""
    with pytest.raises(UnavailableError, match=r"^device cuda: .+\. .+\.$"):
        resident_runs(runtime).resident(bundle, RuntimeOptions(device="cuda"))
