"""The environment of every test: quiet TensorFlow, Keras on TensorFlow, no GPU unless one is asked for by number."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import pytest
from PIL import Image
from skipping import pytest_make_collect_report, pytest_runtest_makereport  # noqa: F401  hooks
from tiny import TINY, randomise, tiny_spec, write_original

from models import resnet50
from models.classifier import load_keras


@pytest.fixture(scope="session", autouse=True)
def tiny_backbone():
    """A backbone named "tiny", with every peculiarity of a ResNet50 and a thousandth of its weights."""
    known = dict(resnet50.ARCHITECTURES)
    resnet50.ARCHITECTURES[TINY.name] = TINY
    yield TINY
    resnet50.ARCHITECTURES.clear()
    resnet50.ARCHITECTURES.update(known)


@pytest.fixture(scope="session")
def tiny_original(tiny_backbone, tmp_path_factory):
    """An original with two categories on the tiny backbone, as a bundle."""
    spec = tiny_spec("red", "green")
    model = randomise(resnet50.training_form(TINY, spec.labels, 64, 64), seed=1)
    return write_original(tmp_path_factory.mktemp("originals") / "tiny", model, spec)


@pytest.fixture(scope="session")
def tapped_original(tiny_original, tmp_path_factory):
    """An original with one category on the backbone of ``tiny_original``, whose head reads statistics of all layers."""
    from tapped import FORM, tapped_model

    model = tapped_model(load_keras(tiny_original), FORM)
    return write_original(tmp_path_factory.mktemp("originals") / "tapped", model, tiny_spec("blue"))


@pytest.fixture(scope="session")
def pictures():
    """Twelve generated pictures for the tiny backbone: uint8 [12, 64, 64, 3], flat, striped, noisy and smooth."""
    chance = np.random.default_rng(5)
    rows, columns = np.mgrid[0:64, 0:64]
    made = [np.full((64, 64, 3), value) for value in (0, 128, 255)]
    made += [np.stack([(rows * step) % 256, (columns * step) % 256, (rows + columns) % 256], -1) for step in (1, 4, 37)]
    made += [chance.integers(0, 256, (64, 64, 3)) for _ in range(3)]
    tiles = [(chance.integers(0, 256, (size, size, 3)), 64 // size) for size in (2, 4, 8)]
    made += [np.kron(colours, np.ones((side, side, 1))) for colours, side in tiles]
    return np.stack(made).astype(np.uint8)


@pytest.fixture(scope="session")
def calibration_folder(tmp_path_factory, pictures):
    """A folder of generated pictures to calibrate on: the twelve, and their mirror images."""
    folder = tmp_path_factory.mktemp("calibration")
    for index, pixels in enumerate([*pictures, *pictures[:, ::-1, ::-1]]):
        Image.fromarray(pixels).save(folder / f"{index:02}.png")
    return folder
