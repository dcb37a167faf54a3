import os

import numpy as np
import pytest
from PIL import Image
from tiny import tiny_spec

from benchmarks.latency.contender import Contender
from benchmarks.latency.protocol import Inputs
from models.runtimes.null import write_null


@pytest.fixture(scope="session")
def spec():
    return tiny_spec("red", "green", side=8)


@pytest.fixture(scope="session")
def null_bundle(tmp_path_factory, spec):
    """A classifier that answers in microseconds: mean red and mean green."""
    return write_null(tmp_path_factory.mktemp("bundles") / "null", spec)


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """Five pictures of five sizes, of one colour each."""
    folder = tmp_path_factory.mktemp("latency-pictures")
    paths = [folder / f"{index}.png" for index in range(5)]
    for index, path in enumerate(paths):
        pixels = np.full((20 + index, 30 - index, 3), (50 * index, 255 - 50 * index, 7), np.uint8)
        Image.fromarray(pixels).save(path)
    return paths


@pytest.fixture(scope="session")
def inputs(files):
    return Inputs(pictures=tuple(map(str, files)))


@pytest.fixture
def contender(null_bundle):
    def named(name="null", **fields):
        return Contender(name=name, bundle=str(null_bundle.path), **fields)

    return named


@pytest.fixture
def silent():
    return lambda *_, **__: None


@pytest.fixture
def gone():
    """Whether no process has this number any more; one that nobody has waited for still has it."""

    def ask(pid):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False

    return ask
