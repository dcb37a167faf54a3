"""Weights of somebody's ResNet50 into our training form, by the names of the layers.

load_backbone(model, "imagenet")                    # keras.applications', downloaded once
load_backbone(model, "resnet50_notop.h5")           # a file in any of Keras' formats
"""

import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import NetworkError
from models.resnet50 import Architecture

_Weights = Mapping[str, list[NDArray[np.float32]]]
_IMAGENET_FILE = "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"


def load_backbone(model: Any, arch: Architecture, source: str) -> None:
    """Set the convolutions and batch norms of a training form of ``arch`` from ``source``; the head stays.

    Args:
        model: what ``training_form`` returned.
        arch: the architecture that it was built with.
        source: "imagenet", or the path of a .keras, .weights.h5 (of ``keras.applications.ResNet50``) or older .h5 file.

    Raises:
        NetworkError: the weights cannot be had, or are not those of this architecture.
    """
    found = _imagenet() if source == "imagenet" else _read(Path(source))
    for name in arch.convolutions():
        for layer in (model.get_layer(f"{name}_conv"), model.get_layer(f"{name}_bn")):
            if layer.name not in found:
                raise NetworkError(source, f"not a {arch.name}: it has no layer {layer.name}", "Name another file.")
            given, needed = ([tuple(array.shape) for array in arrays] for arrays in (found[layer.name], layer.weights))
            if given != needed:
                raise NetworkError(
                    source,
                    f"not a {arch.name}: layer {layer.name} has shapes {given}, not {needed}",
                    "Name another file.",
                )
            layer.set_weights(found[layer.name])


def _imagenet() -> _Weights:
    import keras

    try:
        with redirect_stdout(sys.stderr):  # where Keras says that it downloads
            return _by_layer(keras.applications.ResNet50(weights="imagenet", include_top=False))
    except Exception as error:  # whatever urllib, ssl and Keras raise when there is no network
        raise NetworkError(
            "imagenet",
            f"the weights cannot be downloaded ({(str(error) or type(error).__name__).splitlines()[0]})",
            f"Fetch {_IMAGENET_FILE} where there is a network, and say --weights PATH.",
        ) from error


def _read(path: Path) -> _Weights:
    if not path.is_file():
        raise NetworkError(path, "no such file", 'Give "imagenet", or the path of a .keras or .h5 file.')
    try:
        if path.suffix == ".keras":
            import keras

            return _by_layer(keras.saving.load_model(path, compile=False, safe_mode=True))
        if path.name.endswith(".weights.h5"):
            import keras

            model = keras.applications.ResNet50(weights=None, include_top=False)
            model.load_weights(path)
            return _by_layer(model)
        return _read_older(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NetworkError(
            path, f"not weights that Keras can read ({str(error).splitlines()[0]})", "Save them again."
        ) from error


def _by_layer(model: Any) -> _Weights:
    layers: dict[str, list[NDArray[np.float32]]] = {}
    for layer in model.layers:
        layers.update(_by_layer(layer) if hasattr(layer, "layers") else {layer.name: layer.get_weights()})
    return layers


def _read_older(path: Path) -> _Weights:
    """Read the HDF5 layout of Keras 1 and 2: a group per layer, its weights listed in attributes."""
    import h5py

    with h5py.File(path, "r") as file:
        root = file.get("model_weights", file)
        return {
            _text(layer): [np.asarray(root[layer][name]) for name in root[layer].attrs["weight_names"]]
            for layer in root.attrs["layer_names"]
        }


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name
