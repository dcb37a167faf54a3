"""TensorFlow's greeting is held back, and nothing else is."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from toolchain.tensorflow_noise import _without_noise, quiet_keras

ROOT = Path(__file__).parents[2]


def test_keras_starts_without_a_word():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    script = "from toolchain.tensorflow_noise import quiet_keras; quiet_keras(); import keras; print(keras.__name__)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("keras\n", "")


def test_what_matters_is_let_through(capfd):
    with _without_noise():
        os.write(2, b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n")
        os.write(2, b"I0000 00:00:1795385659.940487   17261 port.cc:153] oneDNN custom operations are on.\n")
        os.write(2, b"E0000 00:00:1795385659.940487   17261 loader.cc:1] a library is missing\n")
        os.write(2, b"a line without an end")
    assert capfd.readouterr().err == (
        "E0000 00:00:1795385659.940487   17261 loader.cc:1] a library is missing\na line without an end"
    )


def fail():
    with _without_noise():
        os.write(2, b"F0000 the processor is too old\n")
        raise RuntimeError("it did not start")


def test_what_was_held_shows_when_it_fails(capfd):
    with pytest.raises(RuntimeError):
        fail()
    assert capfd.readouterr().err == "F0000 the processor is too old\n"


def test_that_several_models_are_traced_is_no_news(caplog):
    quiet_keras()
    logger = logging.getLogger("tensorflow")
    logger.warning("5 out of the last 34 calls to <function f> triggered tf.function retracing. Tracing is expensive.")
    logger.warning("something else")
    assert [record.getMessage() for record in caplog.records] == ["something else"]
