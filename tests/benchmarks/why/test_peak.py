"""The kernels of the peak do what they say, in integers where they should. No rate is asserted."""

import os

import onnx
import pytest

from benchmarks.why import peak
from benchmarks.why.peak_kernels import CHAINS, Chain, chain_model
from benchmarks.why.profiles import onnxruntime, openvino
from models.onnx_macs import multiply_accumulates

CORES = [min(os.sched_getaffinity(0))] if hasattr(os, "sched_getaffinity") else None


def test_macs_by_hand():
    assert Chain(kernel=3, channels=32, side=8, depth=2).macs == 2 * (8 * 8) * (3 * 3) * 32 * 32
    assert Chain(kernel=0, channels=32, side=8, depth=2).macs == 2 * 8 * 32 * 32


@pytest.mark.parametrize("kind", ["fp32", "int8"])
@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.title)
def test_the_model_has_as_many(chain, kind):
    model = chain_model(chain, kind)
    if not chain.kernel:  # what is counted is one picture of a batch, and here the rows are one
        assert multiply_accumulates(model) * chain.side == chain.macs
    else:
        assert multiply_accumulates(model) == chain.macs


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.title)
def test_integers_are_computed_in_integers(chain, tmp_path, contender):
    file = tmp_path / "chain.onnx"
    onnx.save(chain_model(chain, "int8"), file)
    fed = peak._input(chain, "int8")
    in_onnxruntime = {one.operator: one.nodes for one in onnxruntime.profile(file, fed, contender).operators}
    in_openvino = {one.operator: one.nodes for one in openvino.profile(file, fed, contender).operators}
    assert in_onnxruntime["QLinearConv" if chain.kernel else "QLinearMatMul"] == chain.depth
    assert in_openvino["Convolution I8" if chain.kernel else "FullyConnected I8"] == chain.depth


def test_a_peak_is_measured_in_another_process():
    found = peak.measure_peak(threads=1, cores=CORES, seconds=0.001)
    assert found.threads == 1
    assert found.fp32_macs_per_second > 0
    assert found.int8_macs_per_second > 0
    fp32, int8 = found.how.split("; ")
    assert fp32.startswith("fp32: ")
    assert int8.startswith("int8: ")
    assert any(chain.title in fp32 for chain in CHAINS)


def test_a_peak_that_takes_too_long_is_not_measured(monkeypatch):
    monkeypatch.setattr(peak, "TIMEOUT", 0.01)
    found = peak.measure_peak(threads=1)
    assert found.fp32_macs_per_second is found.int8_macs_per_second is None
    assert found.how == "not measured: it took more than 0.01 seconds"


def test_a_peak_that_fails_says_why(monkeypatch):
    monkeypatch.setenv("PYTHONHOME", "/nowhere")  # the other process cannot start
    assert peak.measure_peak(threads=1).how.startswith("not measured: ")
