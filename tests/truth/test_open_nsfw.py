"""Yahoo's network, three ways: our Keras model, our inference form, and the ONNX file of another project."""

import json
from pathlib import Path

import numpy as np
import pytest
from open_nsfw_golden import TARGET, inputs

from exporters.deploy import deploy
from models.classifier import find_original
from models.resnet50 import inference_form
from models.runtimes import load_runtime


@pytest.fixture(scope="module")
def pixels():
    return inputs()


@pytest.fixture(scope="module")
def theirs():
    return np.array(json.loads(Path(TARGET).read_text("utf-8"))["scores"], np.float32)


def test_the_golden_scores_are_not_all_alike(theirs):
    assert theirs.max() - theirs.min() > 0.1


def test_our_keras_model_agrees_with_the_onnx_file(pixels, theirs):
    scores = load_runtime(find_original("open_nsfw"))(pixels)[:, 0]
    np.testing.assert_allclose(scores, theirs, atol=1e-5)


def test_so_does_the_inference_form(pixels, theirs):
    scores = inference_form(deploy([find_original("open_nsfw")])).predict_on_batch(pixels)[:, 0]
    np.testing.assert_allclose(scores, theirs, atol=1e-5)
