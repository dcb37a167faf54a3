"""A classifier on a network with every peculiarity of a ResNet50 and a thousandth of its weights."""

from pathlib import Path

import numpy as np

from models import resnet50
from models.bundle import Bundle, seal, writing
from models.classifier import MODEL_FILE, keras_fields
from models.spec import ClassifierSpec

TINY = resnet50.Architecture("tiny", widths=(4, 8, 8, 12), pool_padding=(1, 1), blocks=(1, 2, 2, 2), stem=8)


def tiny_spec(*labels, side=64, **preprocessing):
    """A spec on the tiny backbone; Keras' "caffe" normalisation, whose means are not whole numbers."""
    rule = {"width": side, "height": side, "resize": {"width": side, "height": side}, "channel_order": "bgr"}
    rule |= {"offset": [-123.68, -116.779, -103.939]} | preprocessing
    return ClassifierSpec.model_validate(
        {
            "name": "-".join(labels),
            "backbone": "tiny",
            "licence": "CC0-1.0",
            "categories": [{"name": label, "definition": f"Pictures of {label}."} for label in labels],
            "preprocessing": rule,
            "thresholds": {label: {"review": 0.4, "block": 0.6} for label in labels},
        }
    )


def randomise(model, seed):
    """Give a network weights and batch norm statistics that no step of an export could get right by chance."""
    chance = np.random.default_rng(seed)
    for layer in model.layers:
        weights = layer.get_weights()
        if type(layer).__name__ == "BatchNormalization":
            shapes = [weight.shape for weight in weights]
            gamma, beta, mean, variance = (chance.normal(size=shape) for shape in shapes)
            layer.set_weights([1 + 0.2 * gamma, 0.3 * beta, 0.5 * mean, 0.5 + variance**2])
        elif type(layer).__name__ == "Conv2D":
            fan_in = np.prod(weights[0].shape[:3])
            scale = (0.01 if layer.name == "conv1_conv" else 1) * np.sqrt(2 / fan_in)
            kernel, bias = (chance.normal(size=weight.shape) for weight in weights)
            layer.set_weights([scale * kernel, 0.1 * bias])
        elif weights:
            layer.set_weights([0.1 * chance.normal(size=weight.shape) / np.sqrt(weight.shape[0]) for weight in weights])
    return model


def write_original(folder, model, spec):
    """Write a Keras bundle."""
    with writing(Path(folder)) as scratch:
        model.save(scratch / MODEL_FILE)
        seal(scratch, **keras_fields(spec))
    return Bundle.open(Path(folder))
