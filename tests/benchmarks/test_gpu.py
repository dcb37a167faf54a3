"""The GPU's contenders, tried out on the CPU: prepared once, one that cannot run does not stop the others."""

import json
import sys
from pathlib import Path

import pytest
from written import write_bundle

from benchmarks.figures.gpu import lines_of, main
from benchmarks.figures.gpu_contenders import COPIED, ORIGINAL, PEERS, Hall
from benchmarks.figures.hollow import hollow
from benchmarks.latency.report import LatencyReport

pytest.importorskip("jax", reason="pip install 'rct[stablehlo]'")


@pytest.fixture
def carried(tiny_original, tmp_path):
    bundle = write_bundle(tiny_original, "onnx", "fp32", tmp_path / "whole")
    return hollow(bundle, tmp_path / "hollow").path


@pytest.fixture
def without_peers_and_exports(monkeypatch):
    """What takes a process and its imports each; the slow test has them."""
    from benchmarks.figures import gpu_contenders

    monkeypatch.setattr(Hall, "_untrained", lambda *_: None)
    monkeypatch.setattr(Hall, "_stablehlo", lambda *_: iter(()))
    monkeypatch.setattr(gpu_contenders, "prepare_peers", lambda *_, **__: ([], {ORIGINAL: "not here"}))


def read(file):
    return LatencyReport.model_validate_json(file.read_text("utf-8"))


@pytest.mark.slow
def test_a_graph_on_the_processor_fails_and_the_others_go_on(carried, tmp_path, without_peers_and_exports, capsys):
    work, out = tmp_path / "work", tmp_path / "new" / "out"
    few = ["--device", "cpu", "--rounds", "6", "--seconds", "0.01", "--batches", "3", "--work", str(work)]
    main([*few, "--onnx", str(carried), "--out", str(out)])
    report = read(out / "bench_gpu.json")
    names = ["onnx fp32 cuda graph resident", "onnx fp32 cuda graph", "onnx fp32 resident", "onnx fp32"]
    assert [row.contender.name for row in report.rows] == names
    line = "setting enable_cuda_graph: only CUDA has it (got device cpu). Use --device cuda."
    assert [row.failure for row in report.rows] == [line, line, None, None]
    for row in report.rows[2:]:
        assert [samples.batch for some in row.scenarios.values() for samples in some] == [1, 3]
        assert (row.subject.provider, row.subject.nodes_elsewhere) == ("CPUExecutionProvider", 0)
        assert row.contender.bundle == "onnx-fp32"
    assert str(tmp_path) not in (out / "bench_gpu.json").read_text("utf-8")
    said = capsys.readouterr().err
    assert f"{ORIGINAL}: left out (not here)" in said
    assert f"{names[0]}: failed ({line})\n" in said
    assert sum(text.startswith(("batch 1: onnx fp32", "batch 3: onnx fp32")) for text in said.splitlines()) == 4

    main([*few, "--only", "fp32 resident", "--name", "again", "--out", str(out)])  # prepared already: no --onnx
    (row,) = read(out / "again.json").rows
    assert row.contender.name == "onnx fp32 resident"


def test_no_gpu(carried, tmp_path, without_peers_and_exports):
    main(["--onnx", str(carried), "--only", "fp32 resident", "--out", str(tmp_path)])
    report = read(tmp_path / "bench_gpu.json")
    assert all(row.failure.startswith("device cuda: ") and "\n" not in row.failure for row in report.rows)
    assert [line.split(":")[0] for line in lines_of(report)] == [row.contender.name for row in report.rows]


@pytest.mark.slow
def test_all_of_them_without_tensorflow(tmp_path, monkeypatch):
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "tensorflow.py").write_text("raise ImportError('not on this machine')")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'without'}:{Path(__file__).parents[2]}")
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setattr(sys, "argv", ["gpu"])
    few = ["--device", "cpu", "--backbone", "resnet50_1by2", "--side", "32", "--batches", "--rounds", "6"]
    main([*few, "--seconds", "0.01", "--work", str(tmp_path / "work"), "--out", str(tmp_path)])
    report = read(tmp_path / "bench_gpu.json")
    prepared = json.loads((tmp_path / "work" / "contenders.json").read_text("utf-8"))
    assert [row.contender.name for row in report.rows] == [one["name"] for one in prepared]
    assert {"stablehlo fp16", "stablehlo fp16 resident", f"{ORIGINAL} resident"} <= {one["name"] for one in prepared}
    peers = [2 if name in COPIED else 1 for name, _ in PEERS]
    assert len(prepared) in {2 + peers.count(1), 2 + sum(peers)}, "without PyTorch or with"
    for row in report.rows:
        assert row.failure is None, row.contender.name
        assert set(row.scenarios) == {"single_stream"}
        assert row.contender.original == (row.contender.name == f"{ORIGINAL} resident")
