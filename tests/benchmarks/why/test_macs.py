"""Multiply-accumulates against those of the Keras layers, and of one format against another's."""

from math import prod

import pytest
from tiny import TINY

from benchmarks.latency.contender import Contender
from benchmarks.why.macs import macs_of, network_macs
from models.resnet50 import RESNET50, training_form
from models.runtimes.null import write_null


def keras_macs(model):
    """Of the convolutions and dense layers of a Keras model, by their outputs and kernels."""
    layers = [layer for layer in model.layers if type(layer).__name__ in {"Conv2D", "Dense"}]
    return sum(prod(layer.output.shape[1:]) * prod(layer.kernel.shape[:-1]) for layer in layers)


def count(bundle):
    return macs_of(bundle, Contender(name="any", bundle=str(bundle.path)))


@pytest.mark.parametrize("side", [64, 65, 97])
def test_the_network_as_trained_has_those_of_keras(side):
    head = 4 * TINY.widths[-1]
    assert network_macs(TINY, side, side, "trained") + head == keras_macs(training_form(TINY, ("any",), side, side))


def test_resnet50_has_what_is_said_of_it():
    """3.86 billion, as the paper's table has 3.8 (He et al. 2015, table 1)."""
    assert network_macs(RESNET50, 224, 224, "trained") == pytest.approx(3.86e9, rel=0.002)


def test_moved_strides_spare_three_quarters_of_what_is_before_them():
    """By hand, for each of the three strides: the last 3x3 and 1x1 of a stage, on 16, 8 and 4 positions a side."""
    spared = 0
    for width, side in zip(TINY.widths[:3], (16, 8, 4), strict=True):
        spared += (side**2 * 3 // 4) * (9 * width * width + width * 4 * width)
    spared += (
        (16**2 * 3 // 4) * TINY.stem * 4 * TINY.widths[0]
    )  # the first stage is one block, with a shortcut to convolve
    assert network_macs(TINY, 64, 64, "trained") - network_macs(TINY, 64, 64, "moved") == spared


def test_the_original_runs_the_network_as_trained(tiny_original):
    head = 4 * TINY.widths[-1] * 2
    assert count(tiny_original) == network_macs(TINY, 64, 64, "trained") + head


def test_a_null_bundle_computes_nothing(tmp_path, tiny_original):
    assert count(write_null(tmp_path / "null", tiny_original.manifest.spec)) is None


def test_files_are_counted_themselves(written):
    """Their first convolution reads three colours in OpenVINO, and a fourth channel too in ONNX."""
    plain = network_macs(TINY, 64, 64, "moved") + 4 * TINY.widths[-1] * 2
    fourth = TINY.stem * 32**2 * 7**2
    assert count(written("openvino")) == plain
    assert count(written("onnx")) == plain + fourth


def test_a_litert_file_by_hand(litert_file):
    """Rows and columns stay 16; 3x3 from 3 to 8 channels, 3x3 for each of the 8, and a dense layer from 8 to 2."""
    asked = Contender(name="any", peer="plain_litert", recipe="fp32", folder=str(litert_file.parent))
    assert macs_of(None, asked) == 16**2 * (9 * 3 * 8 + 9 * 8) + 8 * 2


def test_a_peers_file_is_counted_and_without_one_its_network(written, tiny_original, tmp_path):
    asked = Contender(name="any", peer="plain_onnx", recipe="fp32", folder=str(tmp_path))
    assert macs_of(None, asked) is None
    (tmp_path / "spec.json").write_text(tiny_original.manifest.spec.model_dump_json(), "utf-8")
    assert macs_of(None, asked) == count(tiny_original)
    (tmp_path / "model.onnx").write_bytes(written("onnx").model.read_bytes())
    assert macs_of(None, asked) == count(written("onnx"))
