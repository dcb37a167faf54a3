"""Heads are fitted: they learn, on either backend, and the same seed gives the same weights."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fitting import drawn

from toolchain.progress import silent
from toolchain.training.heads.fit import HeadSettings, fit, mean_auc
from toolchain.training.heads.layers import logits

ROOT = Path(__file__).parents[3]
PROGRAM = ROOT / "tests" / "fitting.py"
QUICK = {"epochs": 15, "batch": 50, "rate": 0.01, "hidden": 8, "members": 2}


def program(backend, settings=QUICK):
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(ROOT), "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [sys.executable, PROGRAM, json.dumps(settings)], capture_output=True, text=True, env=environment, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "tensorflow"])
def test_the_same_seed_gives_the_same_weights(backend):
    first = program(backend)
    assert first["auc"] > 0.98
    assert program(backend) == first


@pytest.mark.parametrize("settings", [{"hidden": 0}, {"hidden": 0, "members": 1, "mixup": 0}, {"shared": False}])
def test_every_kind_of_head_learns(settings):
    val = drawn(100, 1)
    fitted = fit(drawn(300, 0), val, HeadSettings(**QUICK | settings), 5, silent)
    assert mean_auc(logits(fitted.layers, val.features[:, 0]), val.truth) > 0.98


def test_what_is_not_known_is_not_learnt_from():
    """Features of pictures whose answer is not known may be anything: the head of their category stays the same."""
    train, val = drawn(300, 0), drawn(100, 1)
    settings = HeadSettings(**QUICK | {"hidden": 0, "members": 1, "mixup": 0, "class_weights": "none"})
    other = train.truth.copy()
    other[:, 1] = np.where(train.truth[:, 1] < 0, -1, 1 - train.truth[:, 1])
    first, second = (
        fit(replace(train, truth=truth), replace(val, truth=val.truth), settings, 5, silent).history[-1]["val_auc"]
        for truth in (train.truth, other)
    )
    assert first > 0.98
    assert second == pytest.approx(0.5, abs=0.05)  # one category as before, the other the wrong way round


def test_the_best_epoch_is_kept_and_patience_ends_it():
    train, val = drawn(300, 0), drawn(100, 1)
    fitted = fit(train, val, HeadSettings(**QUICK | {"epochs": 60, "patience": 3, "rate": 0.1}), 5, silent)
    losses = [row["val_loss"] for row in fitted.history]
    assert fitted.best == 1 + int(np.argmin(losses))
    assert len(losses) == min(60, fitted.best + 3)
