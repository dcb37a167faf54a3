"""A bundle whose weights were taken out and replaced: the same graph, other numbers of the same kind."""

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from written import write_bundle

from benchmarks.figures.hollow import fill, hollow, main
from models.bundle import Bundle
from models.errors import BundleError
from models.runtimes import load_runtime
from models.runtimes.null import write_null


@pytest.fixture(scope="module", params=["fp32", "fp16"])
def bundle(request, tiny_original, tmp_path_factory):
    return write_bundle(tiny_original, "onnx", request.param, tmp_path_factory.mktemp("bundles") / "onnx")


def arrays(bundle):
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(bundle.model).graph.initializer}


def test_the_graph_stays_and_the_weights_are_others(bundle, tmp_path, pictures):
    empty = hollow(bundle, tmp_path / "hollow")
    filled = fill(empty, tmp_path / "filled")
    assert list(filled.manifest.files) == [bundle.manifest.model]
    before, after = onnx.load(bundle.model), onnx.load(filled.model)
    assert list(after.graph.node) == list(before.graph.node)
    assert list(after.graph.input) == list(before.graph.input)
    assert list(after.graph.output) == list(before.graph.output)
    assert after.opset_import == before.opset_import
    ours, theirs = arrays(bundle), arrays(filled)
    assert list(ours) == list(theirs)
    replaced, gone = 0, 0
    for name, values in ours.items():
        assert (theirs[name].shape, theirs[name].dtype) == (values.shape, values.dtype)
        if values.nbytes < 1024 or values.dtype.kind != "f":
            np.testing.assert_array_equal(theirs[name], values)
            continue
        replaced += 1
        gone += values.nbytes
        deviation = values.std(dtype=np.float64) / np.sqrt(values.size)
        assert abs(theirs[name].mean(dtype=np.float64) - values.mean(dtype=np.float64)) < 5 * deviation
        assert theirs[name].std(dtype=np.float64) == pytest.approx(values.std(dtype=np.float64), rel=0.2)
        assert np.mean(theirs[name] == values) < 0.1
    assert replaced > 10
    assert bundle.model.stat().st_size - empty.model.stat().st_size > 0.9 * gone
    scores = load_runtime(filled)(pictures)
    assert scores.shape == (12, 2)
    assert np.isfinite(scores).all()


def test_a_seed_decides(bundle, tmp_path):
    empty = hollow(bundle, tmp_path / "hollow")
    same, again, other = (fill(empty, tmp_path / name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert same.model.read_bytes() == again.model.read_bytes() != other.model.read_bytes()


def test_from_the_command_line(bundle, tmp_path):
    main(["hollow", str(bundle.path), str(tmp_path / "hollow")])
    main(["fill", str(tmp_path / "hollow"), str(tmp_path / "filled")])
    assert Bundle.open(tmp_path / "filled").manifest.details == bundle.manifest.details


def test_what_it_is_not_for(bundle, tmp_path, tiny_original):
    with pytest.raises(BundleError, match=r"not a hollow bundle\. Make one"):
        fill(bundle, tmp_path / "filled")
    with pytest.raises(BundleError, match=r"no ONNX bundle with weights \(got null\)\. Give one\.$"):
        hollow(write_null(tmp_path / "null", bundle.manifest.spec), tmp_path / "hollow")
    empty = hollow(bundle, tmp_path / "hollow")
    with pytest.raises(BundleError, match="no ONNX bundle with weights"):
        hollow(empty, tmp_path / "twice")
