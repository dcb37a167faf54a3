"""From the network that was trained to the inference graph that ships: a few steps, each of them exact.

    network = deploy([original])                 # weights, in numpy
    graph = inference_form(network)              # the Keras model that every format is made from

1. The normalisation goes into the first convolution, so that pictures enter as uint8 RGB.
2. Batch normalization goes into the convolution before it (Ioffe and Szegedy 2015; Jacob et al. 2017).
3. Strides move to where the work that they throw away is never done (models.resnet50.inference_form).
4. Classifiers on one backbone become one graph with a score for each category.
5. Score calibration (temperature or Platt scaling) goes into the head.
6. For arithmetic that wants many input channels (int8, tensor cores), the first convolution reads 2x2 pixels at once.
7. For int8, shortcuts join the convolution that they are added to (exporters.quantization.shortcuts).

Exact means equal as real numbers: what remains is the rounding of float32, which tests bound.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exporters.heads import read_head
from models.bundle import Bundle
from models.classifier import load_keras
from models.errors import NetworkError, UnknownName, UserError
from models.preprocessing import Preprocessing
from models.resnet50 import ARCHITECTURES, Affine, Architecture, Head, InferenceNetwork
from models.spec import ClassifierSpec


def deploy(originals: Sequence[Bundle]) -> InferenceNetwork:
    """Return the weights of the one inference graph of ``originals``, which must share their backbone.

    Raises:
        NetworkError: a model is not the network that its spec names.
        UserError: the backbones or the preprocessing differ, or two originals have a category in common.
    """
    check_joinable([original.manifest.spec for original in originals])
    return join([deploy_model(load_keras(original), original.manifest.spec) for original in originals])


def deploy_model(model: Any, spec: ClassifierSpec) -> InferenceNetwork:
    """Return the inference weights of one trained ``keras.Model`` (steps 1 and 2).

    Raises:
        NetworkError: the model has layers that the spec's backbone does not, or lacks some.
        UnknownName: the spec names a backbone that we do not know.
    """
    if spec.backbone not in ARCHITECTURES:
        raise UnknownName("backbone", spec.backbone, ARCHITECTURES)
    arch = ARCHITECTURES[spec.backbone]
    layers = flat_layers(model)
    folded = {name: _folded(layers, name, arch, spec) for name in arch.convolutions()}
    folded["conv1"] = fold_normalisation(folded["conv1"], spec.preprocessing)
    rule = spec.preprocessing
    return InferenceNetwork(arch, rule.height, rule.width, folded, (read_head(model, layers, arch, spec),))


def flat_layers(model: Any) -> dict[str, Any]:
    """Return every layer of a Keras model by name, those of nested models included, in order."""
    found: dict[str, Any] = {}
    for layer in model.layers:
        found.update(flat_layers(layer) if hasattr(layer, "layers") else {layer.name: layer})
    return found


def _folded(layers: Mapping[str, Any], name: str, arch: Architecture, spec: ClassifierSpec) -> Affine:
    try:
        convolution, norm = layers[f"{name}_conv"], layers[f"{name}_bn"]
    except KeyError as error:
        raise NetworkError(
            spec.name, f"not a {arch.name}: it has no layer {error.args[0]}", "Name its backbone in classifier.toml."
        ) from None
    kernel, *bias = (np.asarray(weight) for weight in convolution.get_weights())
    offset = bias[0] if bias else np.zeros(kernel.shape[-1], np.float32)
    gamma, beta, mean, variance = (np.asarray(weight) for weight in norm.get_weights())
    return fold_batch_norm(Affine(kernel, offset), gamma, beta, mean, variance, norm.epsilon)


def fold_batch_norm(
    affine: Affine,
    gamma: NDArray[np.float32],
    beta: NDArray[np.float32],
    mean: NDArray[np.float32],
    variance: NDArray[np.float32],
    epsilon: float,
) -> Affine:
    """Return the affine map that equals ``affine``, then ``gamma * (x - mean) / sqrt(variance + epsilon) + beta``.

    Computed in float64 and rounded once; all vectors are [outputs].
    """
    gain = gamma.astype(np.float64) / np.sqrt(variance.astype(np.float64) + epsilon)
    bias = (affine.bias.astype(np.float64) - mean) * gain + beta
    return Affine((affine.kernel * gain).astype(np.float32), bias.astype(np.float32))


def fold_normalisation(first: Affine, rule: Preprocessing) -> Affine:
    """Return the first convolution for uint8 RGB and a fourth channel that is 255 inside the picture, 0 around it.

    The trained network pads with zeros *after* ``x * scale + offset``, so the offset must vanish in the padding. A
    bias cannot do that; a constant channel, padded with zeros like the colours, can. Its weight is
    ``sum_c(w_c * offset_c) / 255`` per tap.

    Args:
        first: kernel [rows, columns, 3, outputs], its inputs in the trained channel order.
        rule: the preprocessing the network was trained with.
    """
    kernel = first.kernel.astype(np.float64)
    colours = kernel[:, :, ::-1] if rule.channel_order == "bgr" else kernel
    constant = np.einsum("rcio,i->rco", colours, np.asarray(rule.offset))[:, :, None] / 255
    scaled = colours * np.asarray(rule.scale)[:, None]
    return Affine(np.concatenate([scaled, constant], axis=2).astype(np.float32), first.bias)


def check_joinable(specs: Sequence[ClassifierSpec]) -> None:
    """Raise UserError unless these classifiers can be one graph: same preprocessing, distinct categories."""
    first = specs[0]
    for spec in specs[1:]:
        if spec.preprocessing != first.preprocessing:
            raise UserError(spec.name, f"its preprocessing differs from that of {first.name}", "Export it on its own.")
    labels = [label for spec in specs for label in spec.labels]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise UserError("classifiers", f"a category occurs twice (got {', '.join(twice)})", "Rename one of them.")


def join(networks: Sequence[InferenceNetwork]) -> InferenceNetwork:
    """Return one network with all heads (step 4); neighbours of a single layer on the same features become one.

    Raises:
        UserError: the backbones differ.
    """
    first = networks[0]
    for network in networks[1:]:
        if backbone_sha256(network) != backbone_sha256(first):
            raise UserError(
                ", ".join(network.labels), f"another backbone than {', '.join(first.labels)}", "Export them one by one."
            )
    heads: list[Head] = []
    for head in (head for network in networks for head in network.heads):
        if heads and _one_layer_on_the_same_features(heads[-1], head):
            heads[-1] = _side_by_side(heads[-1], head)
        else:
            heads.append(head)
    return replace(first, heads=tuple(heads))


def _one_layer_on_the_same_features(head: Head, other: Head) -> bool:
    if len(head.layers) > 1 or len(other.layers) > 1 or len(head.taps) != len(other.taps):
        return False
    pairs = zip(head.taps, other.taps, strict=True)
    return all(one.layer == two.layer and np.array_equal(one.scale, two.scale) for one, two in pairs)


def _side_by_side(head: Head, other: Head) -> Head:
    (one,), (two,) = head.layers, other.layers
    kernel = np.concatenate([one.kernel, two.kernel], axis=1)
    both = Affine(kernel, np.concatenate([one.bias, two.bias]))
    return Head(head.labels + other.labels, (both,), head.taps)


def backbone_sha256(network: InferenceNetwork) -> str:
    """Digest of the backbone's weights, as 64 hexadecimal digits: equal for networks that may be joined."""
    digest = hashlib.sha256(network.architecture.name.encode())
    for name in network.architecture.convolutions():
        affine = network.convolutions[name]
        digest.update(np.ascontiguousarray(affine.kernel).tobytes() + affine.bias.tobytes())
    return digest.hexdigest()


def fold_score_calibration(head: Head, slope: NDArray[np.float64], intercept: NDArray[np.float64]) -> Head:
    """Return the head whose logits are ``slope * logit + intercept`` per category (step 5).

    Temperature scaling (Guo et al. 2017) is a slope of 1/T and no intercept; Platt scaling (Platt 1999) has both.

    Raises:
        ValueError: a slope is not positive, which would turn the decisions round.
    """
    if not np.all(slope > 0):
        raise ValueError(f"slopes must be positive (got {slope})")
    last = head.layers[-1]
    kernel = (last.kernel * slope).astype(np.float32)
    bias = (last.bias * slope + intercept).astype(np.float32)
    return replace(head, layers=(*head.layers[:-1], Affine(kernel, bias)))


def fold_score_calibrations(
    network: InferenceNetwork, slope: NDArray[np.float64], intercept: NDArray[np.float64]
) -> InferenceNetwork:
    """Return the network with ``slope`` and ``intercept`` [categories], in the order of its scores, in its heads.

    Raises:
        ValueError: a slope is not positive.
    """
    heads: list[Head] = []
    start = 0
    for head in network.heads:
        own = slice(start, start + len(head.labels))
        heads.append(fold_score_calibration(head, slope[own], intercept[own]))
        start = own.stop
    return replace(network, heads=tuple(heads))


def read_blocks(network: InferenceNetwork) -> InferenceNetwork:
    """Return the network whose first convolution reads blocks of 2x2 pixels (step 6); sides must be even.

    A 7x7 window of stride 2 over 4 channels is an 8x8 window whose first row and column weigh nothing, and that is a
    4x4 window of stride 1 over 16 channels. Blocks lie wholly inside the picture or wholly in the padding, so the
    padding stays exact. Same sums in another order; the channels are ordered (row, column, colour) within a block.

    Raises:
        ValueError: the height or the width is odd, or the network reads blocks already.
    """
    if network.height % 2 or network.width % 2 or network.reads_blocks:
        raise ValueError(f"blocks of 2x2 need even sides and plain pixels (got {network.height}x{network.width})")
    first = network.convolutions["conv1"]
    kernel = np.pad(first.kernel, ((1, 0), (1, 0), (0, 0), (0, 0)))
    outputs = kernel.shape[-1]
    blocks = kernel.reshape(4, 2, 4, 2, 4, outputs).transpose(0, 2, 1, 3, 4, 5).reshape(4, 4, 16, outputs)
    return replace(network, convolutions={**network.convolutions, "conv1": Affine(blocks, first.bias)})
