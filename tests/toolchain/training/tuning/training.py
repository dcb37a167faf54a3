"""A training on the tiny network, as a program: what is in its weights goes to standard output.

python training.py PICTURES FOLDER RECIPE SETTINGS [STOP]

With STOP the program kills itself, without any goodbye, when that epoch has begun to train.
"""

import hashlib
import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from tiny import TINY, randomise, tiny_spec

from models.resnet50 import ARCHITECTURES, training_form
from toolchain.data.dataset import read_dataset
from toolchain.training.recipes import recipe
from toolchain.training.task import Backbone, Task


def main(pictures, folder, name, settings, stop="never"):
    """Train, and print the digest of the weights and the history."""

    def progress(text, *, done=0, total=None):
        if text.startswith(f"epoch {stop} ") and done:
            os.kill(os.getpid(), signal.SIGKILL)

    if os.environ["KERAS_BACKEND"] == "tensorflow":
        import tensorflow as tf

        halves = [tf.config.LogicalDeviceConfiguration(), tf.config.LogicalDeviceConfiguration()]
        tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], halves)
    dataset = read_dataset(Path(pictures), ("red",))
    network = ARCHITECTURES["tiny"] = replace(TINY, blocks=(1, 1, 1, 1))
    place = Path(folder)
    weights = place.parent / "backbone.keras"
    if not weights.exists():
        weights.parent.mkdir(parents=True, exist_ok=True)
        randomise(training_form(network, ("red",), 64, 64), 0).save(weights)
    backbone = Backbone("tiny", network, tiny_spec("red", side=64).preprocessing, str(weights), "CC0-1.0")
    task = Task(
        ("red",), dataset.of_split("train"), dataset.of_split("val"), backbone, 3, place, place.parent / "features"
    )
    module = recipe(name)
    trained = module.train(task, module.Settings(**json.loads(settings)), progress)
    digest = hashlib.sha256(b"".join(np.ascontiguousarray(weight).tobytes() for weight in trained.model.get_weights()))
    print(json.dumps({"weights": digest.hexdigest(), "history": [dict(row) for row in trained.history]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
