"""The network of the package opennsfw2 with our weights, called as the package calls it: the ``keras.Model`` itself.

Its graph is that of open_nsfw's original, layer by layer, under other names, and ends in a softmax over two logits. Of
those the first is set to zero: the second column is then our sigmoid. The package's own weights are not downloaded.
"""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.latency.model import Model
from benchmarks.peers._folder import linked, spec_of, subject, write_link
from benchmarks.peers._pictures import normaliser
from benchmarks.peers._tensorflow_keras import prepare_tensorflow
from models.bundle import Bundle
from models.classifier import load_keras
from models.errors import UnavailableError
from models.resnet50 import RESNET50_1BY2
from models.runtimes import Device

TITLE = "the network of opennsfw2 on Keras with TensorFlow"
PACKAGES = ("keras", "tensorflow", "opennsfw2")
RECIPES = ("fp32",)
DEVICES: tuple[Device, ...] = ("cpu",)
ENVIRONMENT = {"KERAS_BACKEND": "tensorflow", "OPENNSFW2_KERAS": "keras3"}

_BRANCHES = {"0": "_proj_shortcut", "1": "_branch2a", "2": "_branch2b", "3": "_branch2c"}


def prepare(original: Bundle, recipe: str, calibration: Sequence[NDArray[np.uint8]], folder: Path) -> None:  # noqa: ARG001
    """Write down where the original is.

    Raises:
        UnavailableError: it is another network than open_nsfw's, or has several categories.
    """
    spec = original.manifest.spec
    if spec.backbone != RESNET50_1BY2.name or len(spec.labels) != 1:
        raise UnavailableError(
            "opennsfw2", f"has one category on {RESNET50_1BY2.name} only (got {len(spec.labels)} on {spec.backbone})"
        )
    write_link([original], folder)


def load(folder: Path, recipe: str, contender: Contender) -> Model:  # noqa: ARG001
    """Build the package's network and give it the original's weights.

    Raises:
        UnavailableError: a weight has another shape there.
    """
    from opennsfw2 import make_open_nsfw_model

    prepare_tensorflow(contender)
    (original,) = linked(folder)
    rule = spec_of(folder).preprocessing
    model = make_open_nsfw_model(input_shape=(rule.height, rule.width, 3), weights_path=None)
    try:
        _give_weights(load_keras(original), model)
    except ValueError as error:
        raise UnavailableError("opennsfw2", f"the original's weights do not fit ({error})") from error

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(model(batch), np.float32)[:, 1:]

    described = subject(contender, "opennsfw2", version("opennsfw2"), "tensorflow")
    return Model(run=run, subject=described, prepare=normaliser(rule))


def _give_weights(source: Any, target: Any) -> None:
    for name in RESNET50_1BY2.convolutions():
        for kind in ("conv", "bn"):
            target.get_layer(_name_there(name, kind)).set_weights(source.get_layer(f"{name}_{kind}").get_weights())
    kernel, bias = source.get_layer("scores").get_weights()
    target.get_layer("fc_nsfw").set_weights([np.pad(kernel, ((0, 0), (1, 0))), np.pad(bias, (1, 0))])


def _name_there(convolution: str, kind: str) -> str:
    """Return the package's name of ours: "conv2_block1_0" and "bn" make "bn_stage0_block0_proj_shortcut"."""
    if convolution == "conv1":
        return f"{kind}_1"
    stage, block, branch = convolution.split("_")
    where = f"stage{int(stage.removeprefix('conv')) - 2}_block{int(block.removeprefix('block')) - 1}"
    return f"{kind}_{where}{_BRANCHES[branch]}"
