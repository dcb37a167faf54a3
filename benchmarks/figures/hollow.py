"""ONNX bundles without their weights, a few kB each, for machines that no large file reaches and no exporter runs on.

    python -m benchmarks.figures.hollow hollow exports/resnet50-onnx-fp16 carried/fp16
    python -m benchmarks.figures.hollow fill carried/fp16 there/fp16

What is filled in is random, with the mean and the spread of what was taken out: it costs as much time, and its scores
mean nothing. Nodes, names, shapes and types are the export's. Wants the onnx package and nothing else.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.bundle import Bundle, seal, writing
from models.errors import BundleError

HOLLOW = "hollow"
"""The manifest's detail that says that the weights are not there."""

_LEAST_BYTES = 1024
"""Smaller arrays stay: shapes, scales, axes."""


def hollow(bundle: Bundle, target: Path) -> Bundle:
    """Write ``bundle`` without its weights, and without golden pictures, whose scores it would not give.

    Raises:
        BundleError: it is not an ONNX bundle, or hollow already; or the target exists.
    """
    if bundle.manifest.format != "onnx" or HOLLOW in bundle.manifest.details:
        raise BundleError(bundle.path, f"no ONNX bundle with weights (got {bundle.manifest.format})", "Give one.")
    from onnx import TensorProto, numpy_helper

    def take_out(tensor: Any) -> None:
        values = numpy_helper.to_array(tensor)
        if values.nbytes < _LEAST_BYTES or values.dtype.kind != "f":
            return
        moments = [float(values.mean(dtype=np.float64)), float(values.std(dtype=np.float64))]
        shape = TensorProto(name=tensor.name, data_type=tensor.data_type, dims=tensor.dims)
        shape.doc_string = json.dumps({HOLLOW: moments})
        tensor.CopyFrom(shape)

    return _rewritten(bundle, target, take_out, {**bundle.manifest.details, HOLLOW: True})


def fill(bundle: Bundle, target: Path, seed: int = 0) -> Bundle:
    """Write a hollow ``bundle`` with random weights; the same seed gives the same ones.

    Raises:
        BundleError: it is not hollow, or the target exists.
    """
    if HOLLOW not in bundle.manifest.details:
        raise BundleError(bundle.path, "not a hollow bundle", "Make one with python -m benchmarks.figures.hollow.")
    from onnx import helper, numpy_helper

    chance = np.random.default_rng(seed)

    def put_in(tensor: Any) -> None:
        if not tensor.doc_string:
            return
        mean, spread = json.loads(tensor.doc_string)[HOLLOW]
        kind = helper.tensor_dtype_to_np_dtype(tensor.data_type)
        values = mean + spread * chance.standard_normal(tuple(tensor.dims), np.float32)
        tensor.CopyFrom(numpy_helper.from_array(values.astype(kind), tensor.name))

    details = {name: value for name, value in bundle.manifest.details.items() if name != HOLLOW}
    return _rewritten(bundle, target, put_in, details)


def _rewritten(bundle: Bundle, target: Path, change: Any, details: dict[str, Any]) -> Bundle:
    import onnx

    model = onnx.load(bundle.model)
    for tensor in model.graph.initializer:
        change(tensor)
    fields = {name: getattr(bundle.manifest, name) for name in type(bundle.manifest).model_fields}
    fields |= {"details": details}
    del fields["files"]
    with writing(target) as folder:
        (folder / bundle.manifest.model).write_bytes(model.SerializeToString(deterministic=True))
        seal(folder, **fields)
    return Bundle.open(target)


def main(arguments: Sequence[str] | None = None) -> None:
    """Take weights out of a bundle, or put others in."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("way", choices=("hollow", "fill"))
    parser.add_argument("bundle", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args(arguments)
    change = {"hollow": hollow, "fill": fill}[options.way]
    change(Bundle.open(options.bundle), options.target)


if __name__ == "__main__":
    main()
