"""JAX's runtime gives what it is asked for, or says why not."""

import sys

import numpy as np
import pytest
from written import keras_scores, write_bundle

from models.errors import BundleError, UnavailableError
from models.runtimes import RuntimeOptions, load_runtime

jax = pytest.importorskip("jax", reason="pip install 'rct[stablehlo]'")


@pytest.fixture(scope="module")
def bundle(tiny_original, tmp_path_factory):
    return write_bundle(tiny_original, "stablehlo", "fp32", tmp_path_factory.mktemp("bundles") / "any")


@pytest.fixture(scope="module")
def expected(tiny_original, pictures):
    return keras_scores(tiny_original, pictures)


@pytest.mark.parametrize("optimization", ["all", "none"])
def test_scores_are_the_original_s(bundle, pictures, expected, optimization):
    predict = load_runtime(bundle, RuntimeOptions(graph_optimization=optimization))
    for count in (12, 1):
        np.testing.assert_allclose(predict(pictures[:count]), expected[:count], atol=1e-5)


def test_a_fixed_batch_is_filled_up(tiny_original, pictures, expected, tmp_path):
    fixed = write_bundle(tiny_original, "stablehlo", "fp32", tmp_path / "five", batch=5)
    np.testing.assert_allclose(load_runtime(fixed)(pictures), expected, atol=1e-5)


def test_threads_are_not_its_to_limit(bundle):
    with pytest.raises(UnavailableError) as error:
        load_runtime(bundle, RuntimeOptions(threads=1))
    assert str(error.value) == "threads: XLA cannot limit them. Leave --threads out, or limit the process."


@pytest.mark.skipif(any(device.platform == "gpu" for device in jax.devices()), reason="there is a GPU")
def test_a_gpu_that_is_not_there(bundle):
    with pytest.raises(UnavailableError) as error:
        load_runtime(bundle, RuntimeOptions(device="cuda"))
    assert str(error.value) == "device cuda: JAX sees no such device. pip install 'jax[cuda13]' for a CUDA GPU."


def test_a_file_that_is_no_model(tiny_original, tmp_path):
    broken = write_bundle(tiny_original, "stablehlo", "fp32", tmp_path / "broken")
    broken.model.write_bytes(b"StableHLO?")
    with pytest.raises(BundleError, match=r"model\.jax: JAX .* cannot read it \(.+\)\. See rct doctor\.$"):
        load_runtime(broken)


def test_without_jax(bundle, monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(UnavailableError) as error:
        load_runtime(bundle)
    assert str(error.value) == "jax: not installed. pip install 'rct[stablehlo]'."
