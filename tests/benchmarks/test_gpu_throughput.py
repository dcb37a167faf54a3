"""The measurement on GPUs, tried out on the CPU: small, and in a process that has no TensorFlow."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.figures.gpu_throughput import CANDIDATES, main
from benchmarks.figures.page import main as write_page

ROOT = Path(__file__).parents[2]


def read(file):
    return json.loads(file.read_text("utf-8"))


def test_when_time_is_up_nothing_is_compiled(tmp_path):
    main(["--seconds", "0", "--batches", "1", "2", "--device", "cpu", "--out", str(tmp_path / "new" / "out.json")])
    found = read(tmp_path / "new" / "out.json")
    assert [row["batch"] for row in found["batches"]] == [1, 2]
    for row in found["batches"]:
        assert row["left_out"] == dict.fromkeys(CANDIDATES, "no time was left")
        assert row["median_ms"] == {}


@pytest.mark.slow
def test_a_small_run_without_tensorflow(tmp_path):
    pytest.importorskip("jax", reason="pip install 'rct[stablehlo]'")
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "tensorflow.py").write_text("raise ImportError('not on this machine')")
    environment = {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": f"{tmp_path / 'without'}{os.pathsep}{ROOT}",
    }
    ours, theirs = "rct fp16 host", "keras fp32 predict_on_batch"
    command = [
        *(sys.executable, "-m", "benchmarks.figures.gpu_throughput", "--device", "cpu", "--backbone", "resnet50_1by2"),
        *("--side", "32", "--batches", "2", "--rounds", "3", "--candidates", ours, theirs, "torch.compile fp16"),
        *("--out", str(tmp_path / "gpu_throughput.json")),
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (row,) = read(tmp_path / "gpu_throughput.json")["batches"]
    measured = {ours, theirs} | ({"torch.compile fp16"} - set(row["left_out"]))
    assert set(row["samples_ms"]) == measured
    for name in measured:
        assert len(row["samples_ms"][name]) == 3
        assert row["median_ms"][name] == pytest.approx(np.median(row["samples_ms"][name]), abs=1e-4)
        assert row["pictures_per_second"][name] == pytest.approx(2e3 / row["median_ms"][name])
    pairs = np.array(row["samples_ms"][ours]) / np.array(row["samples_ms"][theirs])
    (comparison,) = [one for one in row["comparisons"] if one["theirs"] == theirs]
    assert comparison["ratio"]["median"] == pytest.approx(np.median(pairs), rel=1e-2)
    write_page([str(tmp_path), str(tmp_path / "page.md")])
    assert f"| {ours} | {row['median_ms'][ours]:.2f} |" in (tmp_path / "page.md").read_text("utf-8")


@pytest.mark.slow
def test_torch_runs_the_network_that_keras_has():
    torch = pytest.importorskip("torch")
    pytest.importorskip("torchvision")
    from torch.utils.flop_counter import FlopCounterMode

    from benchmarks.figures.torchvision_resnet50 import compiled, version_1

    with FlopCounterMode(display=False) as counter:
        version_1()(torch.zeros(1, 3, 224, 224))
    head = 2048
    assert counter.get_total_flops() / 2 == 3_855_925_248 + head, "docs/inference-graph.md has the network as trained"
    for run in compiled(np.zeros((2, 64, 64, 3), np.uint8), device="cpu", mode="default"):
        run()
