"""A checkpoint is of one training: other bytes under the same name are other pictures."""

from pathlib import Path

import numpy as np
import pytest
from tiny import TINY, tiny_spec

from toolchain.data.dataset import read_dataset
from toolchain.training.recipes.seed_2017 import Settings
from toolchain.training.task import Backbone, Task
from toolchain.training.tuning.identity import code_digest, identity


class Network:
    """As much of a network as an identity looks at."""

    def get_weights(self):
        return [np.zeros(3, np.float32)]


@pytest.fixture
def task(coloured, tmp_path):
    import shutil

    data = shutil.copytree(coloured, tmp_path / "data")
    dataset = read_dataset(data, ("red",))
    backbone = Backbone("tiny", TINY, tiny_spec("red", side=64).preprocessing, "", "CC0-1.0")
    return Task(("red",), dataset.of_split("train"), dataset.of_split("val"), backbone, 3, tmp_path, tmp_path)


def test_other_bytes_under_the_same_name_are_other_pictures(task):
    first = identity(task, Settings(), Network())
    assert identity(task, Settings(threads=7), Network()) == first
    task.train.examples[0].path.write_bytes(task.train.examples[1].path.read_bytes())
    second = identity(task, Settings(), Network())
    assert {name for name in first if first[name] != second[name]} == {"pictures"}


@pytest.mark.parametrize("part", ["heads/targets.py", "tuning/loss.py", "recipes/heads.py", "features/views.py"])
def test_code_that_decides_is_part_of_it(monkeypatch, part):
    before, read = code_digest(), Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"#" * path.as_posix().endswith(part))
    assert code_digest() != before
