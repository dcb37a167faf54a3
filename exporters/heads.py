"""Reads a trained head back: what follows the backbone in a Keras model, as weights.

    head = read_head(model, flat_layers(model), arch, spec)

The features are the mean of the last stage's output, or the statistics that ``training_form`` takes of several layers;
then Dense layers with ReLU between and a sigmoid at the end.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from models.errors import NetworkError
from models.resnet50 import STATISTICS, Affine, Architecture, Head, HeadForm, Tap, head_form
from models.spec import ClassifierSpec

_KNOWN = ("GlobalAveragePooling2D", "Dense", "Dropout", "Activation", "InputLayer")
_ADVICE = "Retrain the head with rct train."


def read_head(model: Any, layers: Mapping[str, Any], arch: Architecture, spec: ClassifierSpec) -> Head:
    """Return the head of a trained ``keras.Model``.

    Args:
        model: the model.
        layers: all of its layers by name, in order.
        arch: of its backbone.
        spec: its categories.

    Raises:
        NetworkError: it is not of this form.
    """
    taps = _read_taps(model, arch, spec)
    names = [name for name in layers if not name.startswith("tap_") and not (taps and name == "features")]
    backbone_end = max(names.index(name) for name in names if name.startswith("conv5_"))
    tail = [layers[name] for name in names[backbone_end + 1 :]]
    affines = tuple(_affine(layer) for layer in _dense_layers(tail, spec))
    if affines[-1].bias.size != len(spec.labels):
        raise NetworkError(
            spec.name,
            f"{affines[-1].bias.size} outputs for {len(spec.labels)} categories",
            "Name each in classifier.toml.",
        )
    return Head(spec.labels, affines, taps)


def _dense_layers(tail: Sequence[Any], spec: ClassifierSpec) -> list[Any]:
    unknown = [layer.name for layer in tail if type(layer).__name__ not in _KNOWN]
    dense = [layer for layer in tail if type(layer).__name__ == "Dense"]
    if unknown or not dense:
        found = ", ".join(unknown) or "no Dense layer"
        raise NetworkError(spec.name, f"its head is not pooling and Dense layers (got {found})", _ADVICE)
    kinds = [layer.activation.__name__ for layer in tail if hasattr(layer, "activation")]
    meaningful = [kind for kind in kinds if kind != "linear"]
    if meaningful != ["relu"] * (len(dense) - 1) + ["sigmoid"]:
        raise NetworkError(
            spec.name,
            f"its head must end in one sigmoid, with relu before (got {', '.join(meaningful) or 'none'})",
            "Turn a softmax over (no, yes) into one sigmoid of the difference of the logits.",
        )
    return dense


def _affine(layer: Any) -> Affine:
    kernel, *bias = (np.asarray(weight) for weight in layer.get_weights())
    return Affine(kernel, bias[0] if bias else np.zeros(kernel.shape[-1], np.float32))


def _read_taps(model: Any, arch: Architecture, spec: ClassifierSpec) -> tuple[Tap, ...]:
    """Return the taps of a model whose statistics are, layer by layer, those of ``training_form``; none, without any.

    Names alone would not do: a model in which a tap reads another layer, or squares nothing, is another function.
    """
    found = _statistics(model)
    if "tap_statistics" not in found:
        return ()
    _, _, (concatenated,) = found["tap_statistics"]
    taps = tuple(name.removeprefix("tap_").removesuffix("_mean") for name in concatenated[0][::STATISTICS])
    try:
        expected = _statistics(head_form(arch, spec.labels, head=HeadForm(taps)))
    except ValueError as error:
        raise NetworkError(spec.name, f"its head cannot be read ({error})", _ADVICE) from None
    differing = sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
    if differing:
        problem = f"its head takes other statistics than rct train's (got another {differing[0]})"
        raise NetworkError(spec.name, problem, _ADVICE)
    return tuple(Tap(tap, np.ones(arch.channels(tap), np.float32)) for tap in taps)


def _statistics(model: Any) -> dict[str, Any]:
    """Return kind, configuration and inputs of all that stands between a model's body and its ``features``, by name."""
    return {
        entry["name"]: (
            entry["class_name"],
            {key: value for key, value in entry["config"].items() if key not in {"dtype", "trainable"}},
            [_inputs(node["args"]) for node in entry["inbound_nodes"]],
        )
        for entry in model.get_config()["layers"]
        if entry.get("inbound_nodes") and (entry["name"].startswith("tap_") or entry["name"] == "features")
    }


def _inputs(arguments: Any) -> Any:
    """Return the arguments of a call, in lists, with the names of layers in place of their outputs."""
    if isinstance(arguments, (list, tuple)):
        return [_inputs(argument) for argument in arguments]
    if isinstance(arguments, dict):
        return arguments["config"]["keras_history"][0]
    return arguments
