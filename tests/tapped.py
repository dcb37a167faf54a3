"""A classifier whose head reads every layer that it may, on somebody's tiny backbone; and what it reads, in numpy."""

import keras
import numpy as np
from tiny import TINY, randomise

from models.resnet50 import HeadForm, training_form

FORM = HeadForm(TINY.taps, hidden=(6,))


def tapped_model(base, form, side=64):
    """A classifier of one category, "blue", with the convolutions and batch norms of ``base``."""
    model = randomise(training_form(TINY, ("blue",), side, side, head=form, dropout=0.2), seed=6)
    for layer in model.layers:
        if layer.name.startswith("conv"):
            layer.set_weights(base.get_layer(layer.name).get_weights())
        elif layer.name.startswith("hidden") or layer.name == "scores":
            layer.set_weights([20 * layer.get_weights()[0], layer.get_weights()[1]])
    return model


def in_numpy(model, pixels, taps):
    """The features that a head with these taps reads of normalised pictures, from the layers' outputs, in float64."""
    layers = keras.Model(model.input, [model.get_layer(tap).output for tap in taps])
    found = []
    for tap, values in zip(taps, layers.predict_on_batch(pixels), strict=True):
        read = values[:, ::2, ::2] if tap in TINY.taps[1:-1] else values
        read = read.astype(np.float64)
        difference = sum(np.abs(np.diff(read, axis=axis)).mean((1, 2)) for axis in (1, 2))
        found += [read.mean((1, 2)), read.std((1, 2)), difference]
    return np.log1p(np.concatenate(found, axis=1))
