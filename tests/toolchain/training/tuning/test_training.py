"""Whole trainings on both backends, each in its own process: killed and resumed, on two devices, in half precision."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
QUICK = {"start": "random", "epochs": 3, "batch": 8, "stages": 2, "threads": 2}
BACKENDS = ["jax", "tensorflow"]

pytestmark = pytest.mark.slow


def program(backend, pictures, folder, recipe="fine-tune", stop="never", **settings):
    given = settings if recipe == "seed-2017" else QUICK | settings
    command = [sys.executable, HERE / "training.py", pictures, folder, recipe, json.dumps(given), stop]
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "tests")))
    environment = os.environ | {
        "KERAS_BACKEND": backend,
        "PYTHONPATH": paths,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
    }
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=500, check=False)


def outcome(*arguments, **settings):
    done = program(*arguments, **settings)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_killed_training_ends_with_the_same_weights(backend, coloured, tmp_path):
    whole = outcome(backend, coloured, tmp_path / "whole", average=2)
    killed = program(backend, coloured, tmp_path / "killed", stop="3", average=2)
    assert killed.returncode == -signal.SIGKILL
    place = tmp_path / "killed" / "fine-tune"
    assert (place / "checkpoint.npz").exists()
    refused = program(backend, coloured, tmp_path / "killed", average=1)
    assert refused.stderr.splitlines()[-1] == (
        f"models.errors.UserError: {place / 'checkpoint.npz'}: a checkpoint of other settings. "
        f"Delete {place} to begin anew."
    )
    assert outcome(backend, coloured, tmp_path / "killed", average=2) == whole


@pytest.mark.parametrize("backend", BACKENDS)
def test_two_devices_have_the_losses_of_one(backend, coloured, tmp_path):
    one, two = (outcome(backend, coloured, tmp_path / str(n), devices=n, epochs=2) for n in (1, 2))
    for here, there in zip(one["history"], two["history"], strict=True):
        assert there == pytest.approx(here, rel=2e-3)


@pytest.mark.parametrize("backend", BACKENDS)
def test_half_precision_learns(backend, coloured, tmp_path):
    half = {"precision": "mixed_float16", "cutmix": 0.5, "optimizer": "adamw", "rate": 1e-3}
    trained = outcome(backend, coloured, tmp_path, **half)
    assert trained["history"][-1]["val_auc"] > 0.9


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_recipe_of_2017_lowers_its_loss(backend, coloured, tmp_path):
    trained = outcome(backend, coloured, tmp_path, "seed-2017", epochs=6, batch=8, rate=0.01)
    losses = [row["val_loss"] for row in trained["history"]]
    assert [row["epoch"] for row in trained["history"]] == [1, 2, 3, 4, 5, 6]
    assert losses[-1] < losses[0]


def test_heads_come_first_and_tensorboard_is_told(coloured, tmp_path):
    logs = tmp_path / "logs"
    trained = outcome("jax", coloured, tmp_path / "run", start="heads", epochs=2, tensorboard=str(logs))
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(logs / "run")).Reload()
    told = [event.value for event in events.Scalars("val_loss")]
    assert told == pytest.approx([row["val_loss"] for row in trained["history"]], rel=1e-6)
