"""ResNet50 v1 (He et al. 2015, arXiv:1512.03385) in the two forms that rct knows, from one description of its blocks.

    model = training_form(RESNET50, labels=("adult",))              # keras.applications' layers, names and weights
    model = inference_form(network)                                 # uint8 pictures in, folded, no dead strides

Both are Keras functional models. The *training form* equals ``keras.applications.ResNet50`` layer by layer, and
takes normalised float32 [n, height, width, 3]. The *inference form* is the same function with nothing to train in
it: exporters.deploy computes its weights, and every format is made from it.

A head reads the mean of the last stage's output, or statistics of several layers: its *taps*.

    model = training_form(RESNET50, ("cartoon",), head=HeadForm(RESNET50.taps, hidden=(64,)))
    model = features_form(network, RESNET50.taps)                   # those statistics in place of scores
"""

from models.resnet50.architecture import (
    ARCHITECTURES,
    RESNET50,
    RESNET50_1BY2,
    Architecture,
    Around,
    Operations,
    Shortcuts,
    Strides,
    Tensor,
    run_body,
    watched,
    zeros_around,
)
from models.resnet50.heads import FLAT, STATISTICS, Affine, Head, HeadForm, Tap, features_size
from models.resnet50.inference import features_form, inference_form
from models.resnet50.network import InferenceNetwork
from models.resnet50.training import head_form, training_form

__all__ = [
    "ARCHITECTURES",
    "FLAT",
    "RESNET50",
    "RESNET50_1BY2",
    "STATISTICS",
    "Affine",
    "Architecture",
    "Around",
    "Head",
    "HeadForm",
    "InferenceNetwork",
    "Operations",
    "Shortcuts",
    "Strides",
    "Tap",
    "Tensor",
    "features_form",
    "features_size",
    "head_form",
    "inference_form",
    "run_body",
    "training_form",
    "watched",
    "zeros_around",
]
