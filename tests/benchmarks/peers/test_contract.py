"""Every peer whose packages are installed: it can be prepared and loaded, and it scores as the original does."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.latency.contender import Contender
from benchmarks.peers import missing_packages, peer, peer_names
from benchmarks.preparing import prepare_one
from models.classifier import find_original
from models.errors import UnavailableError, UnknownName
from models.golden import GOLDEN_FILE, Golden
from models.runtimes import load_runtime

ROOT = Path(__file__).parents[3]
QUICK = {("keras_predict", "fp32"), ("plain_onnx", "fp32"), ("tf_function", "fp32")}
PAIRS = [
    pytest.param(name, recipe, marks=() if (name, recipe) in QUICK else pytest.mark.slow)
    for name in peer_names()
    for recipe in peer(name).RECIPES
    if name != "torch_compile"  # PyTorch and TensorFlow do not bear each other in one process: test_torch_compile
    if (name, os.environ["KERAS_BACKEND"]) != ("keras_jax", "tensorflow")  # one backend in a process: the last test
]


def tolerance(recipe):
    return 0.1 if "int8" in recipe else 5e-3 if "16" in recipe else 1e-4


def loaded(original, name, recipe, calibration, folder):
    module = peer(name)
    if missing := missing_packages(module):
        pytest.skip(f"not installed: {', '.join(missing)}")
    contender = Contender(name=f"{name} {recipe}", peer=name, recipe=recipe, folder=str(folder))
    try:
        prepare_one(name, recipe, original, calibration, folder)
        return module.load(folder, recipe, contender)
    except UnavailableError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", peer_names())
def test_a_peer_says_what_it_is(name):
    module = peer(name)
    assert module.TITLE
    assert "\n" not in module.TITLE
    assert set(module.DEVICES) <= {"cpu", "cuda"}
    assert len(set(module.RECIPES)) == len(module.RECIPES) > 0
    assert all(isinstance(value, str) for value in module.ENVIRONMENT.values())


def test_a_peer_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(UnknownName) as refused:
        peer("plain_onxx")
    assert str(refused.value) == f"peer: unknown name (got 'plain_onxx'). Known: {', '.join(sorted(peer_names()))}."
    assert "plain_onnx" in peer_names()
    assert not [name for name in peer_names() if name.startswith("_")]


TAPPED = [("keras_predict", "fp32")] + [
    pytest.param(*pair, marks=pytest.mark.slow)
    for pair in (("plain_onnx", "fp32"), ("plain_litert", "fp32"), ("nncf_openvino", "int8"), ("keras_jax", "fp32-jit"))
    if (pair[0], os.environ["KERAS_BACKEND"]) != ("keras_jax", "tensorflow")
]


@pytest.mark.parametrize(("name", "recipe"), TAPPED)
def test_a_peer_scores_as_an_original_with_taps_does(name, recipe, tapped_original, pictures, tmp_path):
    model = loaded(tapped_original, name, recipe, [pictures[index : index + 1] for index in range(12)], tmp_path)
    expected = load_runtime(tapped_original, name="keras")(pictures)
    assert np.abs(model.run(model.prepare(pictures)) - expected).max() <= tolerance(recipe)


@pytest.mark.parametrize(("name", "recipe"), PAIRS)
def test_a_peer_scores_as_the_original_does(name, recipe, tiny_original, pictures, tmp_path):
    model = loaded(tiny_original, name, recipe, [pictures[index : index + 1] for index in range(12)], tmp_path)
    expected = load_runtime(tiny_original, name="keras")(pictures)
    together = model.run(model.prepare(pictures))
    assert together.shape == expected.shape
    assert together.dtype == np.float32
    assert np.abs(together - expected).max() <= tolerance(recipe)
    for index in (0, 7):
        alone = model.run(model.prepare(pictures[index : index + 1]))
        assert np.abs(alone - expected[index]).max() <= tolerance(recipe)
    assert (model.place is None) == (model.run_resident is None)
    if model.place and model.run_resident:
        model.run_resident(model.place(model.prepare(pictures)))
    subject = model.subject
    assert (subject.format, subject.recipe, subject.categories) == (name, recipe, ("red", "green"))
    assert subject.runtime
    assert subject.version[0].isdecimal()
    assert subject.bytes
    assert all(len(digest) == 64 for digest in subject.files.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["yahoo_onnx", "opennsfw2"])
def test_a_peer_of_open_nsfw_scores_as_it_does(name, tmp_path):
    original = find_original("open_nsfw")
    golden = Golden.load(original.path / GOLDEN_FILE)
    model = loaded(original, name, "fp32", [], tmp_path)
    assert np.abs(model.run(model.prepare(golden.resized)) - golden.scores).max() <= 1e-4


@pytest.mark.slow
def test_peers_on_jax_score_as_the_original_does():
    pytest.importorskip("jax", reason="pip install 'rct[stablehlo]'")
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-m", "pytest", "-q", "-rs", str(Path(__file__)), "-k", "scores and keras_jax", "-m", ""]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert f"\n{len(peer('keras_jax').RECIPES) + 1} passed" in done.stdout, "every recipe, and one that has taps"
    assert "skipped" not in done.stdout
