"""A backbone as a function from pictures to features, in the graph that our exports run."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exporters.deploy import backbone_sha256, deploy_model
from models.resnet50 import InferenceNetwork
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

    Args:
        backbone: the network.
        taps: layers whose statistics are read (``models.resnet50.HeadForm``).

    Raises:
        NetworkError: the weights cannot be had.
    """
    network = inference_network(backbone)
    digest = hashlib.sha256("\n".join([backbone_sha256(network), *taps]).encode()).hexdigest()
    return Extractor(_through_keras(network), 4 * backbone.architecture.widths[-1], digest)


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


def _through_keras(network: InferenceNetwork) -> Extract:
    import threading

    import keras

    from models.resnet50 import inference_form

    model = inference_form(network)
    pooled = keras.Model(model.inputs, model.get_layer("avg_pool").output)
    lock = threading.Lock()

    def extract(batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        with lock:
            return np.asarray(pooled.predict_on_batch(batch), np.float32)

    return extract
