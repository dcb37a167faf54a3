"""Originals that are a head alone, on the backbone of another one: so that a backbone is not stored twice.

    head = head_of(model, backbone, spec)                # a keras.Model of what stands behind the backbone
    model = on_backbone(head, backbone, spec)            # and the whole again, as it was

Such a bundle's model file holds ``models.resnet50.head_form``; its manifest's ``details`` name the original whose
backbone it is, and the digest of that one's manifest.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import NetworkError
from models.manifest import Manifest, Parent
from models.resnet50 import ARCHITECTURES, HeadForm, head_form, training_form
from models.spec import ClassifierSpec

HEAD_FILE = "head.keras"
_ADVICE = "Train it again with rct train."
_NAME, _DIGEST = "backbone_of", "backbone_sha256"


def head_fields(backbone: Parent) -> dict[str, Any]:
    """Return what the manifest of a head alone has in place of ``models.classifier.keras_fields``' values."""
    return {"model": HEAD_FILE, "details": {_NAME: backbone.name, _DIGEST: backbone.sha256}}


def shared_backbone(manifest: Manifest) -> Parent | None:
    """Return whose backbone the manifest's original stands on; None if it has its own."""
    name, digest = (manifest.details.get(key) for key in (_NAME, _DIGEST))
    return None if name is None else Parent(name=str(name), sha256=str(digest))


def on_backbone(head: Any, backbone: Any, spec: ClassifierSpec) -> Any:
    """Return the training form with the head of one ``keras.Model`` and the convolutions and batch norms of another.

    Raises:
        NetworkError: the head is not one of ``head_form``, or is for another architecture.
    """
    rule = spec.preprocessing
    model = training_form(
        ARCHITECTURES[spec.backbone], spec.labels, rule.height, rule.width, head=_form(head), dropout=0.0
    )
    return _with_weights_of(model, (head, backbone), spec)


def head_of(model: Any, backbone: Any, spec: ClassifierSpec) -> Any:
    """Return the head alone of a ``keras.Model`` in the training form whose backbone is that of another, to the bit.

    Raises:
        NetworkError: the model is no training form, or its backbone is another one.
    """
    arch = ARCHITECTURES[spec.backbone]
    for name in (f"{name}_{part}" for name in arch.convolutions() for part in ("conv", "bn")):
        pairs = zip(_weights(model, name, spec), _weights(backbone, name, spec), strict=True)
        if not all(np.array_equal(one, other) for one, other in pairs):
            raise NetworkError(spec.name, f"its backbone is another one (at {name})", "Ship it whole.")
    return _with_weights_of(head_form(arch, spec.labels, head=_form(model)), (model,), spec)


def _form(model: Any) -> HeadForm:
    names = [layer.name for layer in model.layers]
    taps = (name.removeprefix("tap_").removesuffix("_mean") for name in names if name.endswith("_mean"))
    hidden = (layer.units for layer in model.layers if layer.name.startswith("hidden"))
    return HeadForm(tuple(taps), tuple(hidden))


def _with_weights_of(model: Any, sources: Sequence[Any], spec: ClassifierSpec) -> Any:
    """Set every layer's weights from the first of ``sources`` that has a layer of its name."""
    for layer in model.layers:
        if layer.weights:
            source = next((one for one in sources if any(each.name == layer.name for each in one.layers)), sources[-1])
            found = _weights(source, layer.name, spec)
            if [weight.shape for weight in found] != [tuple(weight.shape) for weight in layer.weights]:
                raise NetworkError(spec.name, f"{layer.name} has weights of another shape", _ADVICE)
            layer.set_weights(found)
    return model


def _weights(model: Any, name: str, spec: ClassifierSpec) -> list[NDArray[np.float32]]:
    try:
        return list(model.get_layer(name).get_weights())
    except ValueError:
        raise NetworkError(spec.name, f"has no layer {name}", _ADVICE) from None
