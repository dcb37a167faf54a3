"""The networks that a training starts from.

backbone = find_backbone("open_nsfw")                         # ships with rct, works offline
backbone = find_backbone("resnet50", "imagenet")              # keras.applications' weights, downloaded once
backbone = find_backbone("resnet50", "resnet50_notop.h5")     # a file of yours
backbone = find_backbone("trained/mine")                      # what another classifier stands on
"""

from pathlib import Path
from typing import Any

from models.bundle import MANIFEST
from models.classifier import SPEC_FILE, backbone_of, find_original
from models.errors import UserError
from models.preprocessing import Preprocessing, Resize
from models.pretrained import load_backbone
from models.resnet50 import ARCHITECTURES, RESNET50, training_form
from models.zoo import zoo_names
from toolchain.training.task import Backbone

DEFAULT = "open_nsfw"
_RESNET50 = "resnet50"
_LICENCE = "MIT"
"""Of the ImageNet weights: Keras took them over from He et al., who published them under the MIT licence."""


def backbone_names() -> tuple[str, ...]:
    """Return what may be named without a path: the classifiers that we ship, and resnet50."""
    return (*zoo_names(), _RESNET50)


def find_backbone(name: str, weights: str | None = None) -> Backbone:
    """Return the backbone of this name, or that of the original in this folder; no weights are read yet.

    Args:
        name: one of ``backbone_names``, or the folder of a Keras bundle.
        weights: for resnet50 "imagenet" (the default), or a path; the others bring their own.

    Raises:
        UserError: no such backbone, or weights for one that has its own.
    """
    if name == _RESNET50:
        return Backbone(name, RESNET50, keras_caffe(224, 224), weights or "imagenet", _LICENCE)
    if weights is not None:
        raise UserError("--weights", f"{name} has weights of its own", "Take --backbone resnet50, or leave it out.")
    there = any((Path(name) / file).is_file() for file in (MANIFEST, SPEC_FILE))
    if name not in zoo_names() and not there:
        known = ", ".join(backbone_names())
        raise UserError("--backbone", f"no such network (got {name!r})", f"Name {known}, or a Keras bundle's folder.")
    original = find_original(name)
    spec, file = original.manifest.spec, (backbone_of(original) or original).model
    return Backbone(spec.name, ARCHITECTURES[spec.backbone], spec.preprocessing, str(file), spec.licence)


def keras_caffe(height: int, width: int) -> Preprocessing:
    """Return ``keras.applications.resnet.preprocess_input``: blue, green, red, less ImageNet's means."""
    return Preprocessing(
        width=width,
        height=height,
        resize=Resize(width=width, height=height),
        channel_order="bgr",
        offset=(-123.68, -116.779, -103.939),
    )


def load(backbone: Backbone, labels: tuple[str, ...], **head: Any) -> Any:
    """Return the training form on this backbone: its weights, and a fresh head for ``labels``.

    Args:
        backbone: where to start.
        labels: the categories.
        head: what else ``models.resnet50.training_form`` takes.

    Raises:
        NetworkError: the weights cannot be had; the message says where to put the file.
    """
    rule = backbone.preprocessing
    model = training_form(backbone.architecture, labels, rule.height, rule.width, **head)
    if backbone.weights:
        load_backbone(model, backbone.architecture, backbone.weights)
    return model
