"""The network in PyTorch has the original's weights and scores; in a process of its own, for TensorFlow is in this."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from tiny import randomise, tiny_spec, write_original

from benchmarks.preparing import prepare_one
from models import resnet50
from models.runtimes import load_runtime

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from pathlib import Path
import numpy as np
from tiny import TINY
from models import resnet50
from benchmarks.latency.contender import Contender
from benchmarks.peers import torch_compile

resnet50.ARCHITECTURES[TINY.name] = TINY
folder, recipe = Path(sys.argv[1]), sys.argv[2]
contender = Contender(name="torch", peer="torch_compile", recipe=recipe, folder=str(folder), threads=1)
model = torch_compile.load(folder, recipe, contender)
assert "tensorflow" not in sys.modules
pictures = np.load(folder / "pictures.npy")
found = [model.run(model.prepare(batch)) for batch in (pictures, pictures[:1])]
model.run_resident(model.place(model.prepare(pictures)))
np.save(folder / "scores.npy", np.concatenate(found))
"""


@pytest.mark.slow
@pytest.mark.skipif(not find_spec("torch"), reason="no PyTorch")
@pytest.mark.parametrize(("channel_order", "taps"), [("bgr", False), ("rgb", False), ("bgr", True)])
@pytest.mark.parametrize(("recipe", "most"), [("fp32", 1e-4)])
def test_torch_scores_as_the_original_does(recipe, most, channel_order, taps, tiny_backbone, pictures, tmp_path):
    spec = tiny_spec("red", "green", channel_order=channel_order)
    head = resnet50.HeadForm(tiny_backbone.taps if taps else ())
    model = randomise(resnet50.training_form(tiny_backbone, spec.labels, 64, 64, head=head), seed=4)
    kernel, bias = model.get_layer("scores").get_weights()
    model.get_layer("scores").set_weights([20 * kernel if taps else kernel, bias])
    original = write_original(tmp_path / "original", model, spec)
    folder = tmp_path / "peer"
    folder.mkdir()
    prepare_one("torch_compile", recipe, original, [], folder)
    np.save(folder / "pictures.npy", pictures)
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), recipe],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    expected = load_runtime(original)(pictures)
    found = np.load(folder / "scores.npy")
    assert found.dtype == np.float32
    assert np.abs(found - np.concatenate([expected, expected[:1]])).max() <= most
    assert np.ptp(expected, axis=0).min() > 0.01, "pictures that all score alike would prove nothing"
