"""A backbone as a function from pictures to features, in the graph that our exports run."""

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exporters.deploy import backbone_sha256, deploy_model
from exporters.features import write_features
from models.errors import UserError
from models.onnxruntime_session import open_session
from models.resnet50 import InferenceNetwork, features_form, features_size
from models.runtimes import RuntimeOptions
from models.spec import Category, ClassifierSpec, Thresholds
from toolchain.training.backbones import load
from toolchain.training.task import Backbone

Extract = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""From pictures uint8 [n, height, width, 3] to features float32 [n, size]; any number of threads may call it."""


@dataclass(frozen=True)
class Extractor:
    """``digest`` is of everything that the features depend on, but for the pictures."""

    extract: Extract
    size: int
    digest: str


def open_extractor(backbone: Backbone, taps: tuple[str, ...]) -> Extractor:
    """Return the features of ``backbone`` at ``taps``; without taps, the mean of the last stage's output.

    On the TensorFlow backend of Keras, which the converters need, each call runs on one core in ONNX Runtime. On
    another one Keras itself runs it, one call at a time, wherever that backend computes.

    Raises:
        NetworkError: the weights cannot be had.
        UserError: there is no such layer, or the last stage is not among them.
    """
    import keras

    try:
        features_size(backbone.architecture, taps)
    except ValueError as error:
        raise UserError("taps", str(error), "Leave some out, or name others: --set taps=[...].") from error
    network = inference_network(backbone)
    return _in_onnxruntime(network, taps) if keras.backend.backend() == "tensorflow" else _in_keras(network, taps)


def _in_onnxruntime(network: InferenceNetwork, taps: tuple[str, ...]) -> Extractor:
    import onnx
    import onnxruntime as ort

    with tempfile.TemporaryDirectory() as scratch:
        file = write_features(network, taps, Path(scratch) / "features.onnx")
        digest = hashlib.sha256(f"{graph_digest(onnx.load(file).graph)} {ort.__version__}".encode()).hexdigest()
        session = open_session(file, RuntimeOptions(threads=1))

    def extract(batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.asarray(session.run(["features"], {"image": batch})[0])

    return Extractor(extract, features_size(network.architecture, taps), digest)


def _in_keras(network: InferenceNetwork, taps: tuple[str, ...]) -> Extractor:
    import keras

    model = features_form(network, taps)
    one_at_a_time = Lock()
    parts = (backbone_sha256(network), *taps, keras.backend.backend(), keras.version())
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def extract(batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        with one_at_a_time:
            return np.asarray(model.predict_on_batch(batch), np.float32)

    return Extractor(extract, features_size(network.architecture, taps), digest)


def graph_digest(graph: Any) -> str:
    """Digest of what an ONNX graph computes: operators, attributes, constants, in their order and without names."""
    constants = {tensor.name: tensor for tensor in graph.initializer}
    digest = hashlib.sha256()
    for node in graph.node:
        digest.update(f"{node.op_type} {len(node.input)}\n".encode())
        for attribute in sorted(node.attribute, key=lambda one: one.name):
            digest.update(_content(attribute.t) if attribute.HasField("t") else attribute.SerializeToString(True))
        for name in node.input:
            if name in constants:
                digest.update(_content(constants[name]))
    return digest.hexdigest()


def _content(tensor: Any) -> bytes:
    from onnx import numpy_helper

    array = numpy_helper.to_array(tensor)
    return f"{array.dtype} {array.shape}\n".encode() + array.tobytes()


def inference_network(backbone: Backbone) -> InferenceNetwork:
    """Return the backbone's inference weights, with a head that means nothing.

    Raises:
        NetworkError: the weights cannot be had.
    """
    spec = ClassifierSpec(
        name="backbone",
        backbone=backbone.architecture.name,
        licence=backbone.licence,
        categories=(Category(name="none", definition="Nothing."),),
        preprocessing=backbone.preprocessing,
        thresholds={"none": Thresholds(review=1, block=1)},
    )
    return deploy_model(load(backbone, ("none",)), spec)
