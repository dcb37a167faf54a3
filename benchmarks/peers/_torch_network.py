"""The original's network in PyTorch: torch.nn's layers in the order of models.resnet50, with the original's weights."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import NetworkError, UnavailableError
from models.resnet50 import ARCHITECTURES, Architecture, Operations, run_body, watched
from models.spec import ClassifierSpec

Weights = Mapping[str, NDArray[np.float32]]


def save_weights(model: Any, spec: ClassifierSpec, file: Path) -> None:
    """Write the weights of a ``keras.Model`` in the training form, so that they are read without Keras.

    Raises:
        NetworkError: a layer of the training form is missing.
        UnavailableError: the head is another one than Dense layers with ReLU between them and a sigmoid behind.
    """
    found: dict[str, Any] = {}
    for name in ARCHITECTURES[spec.backbone].convolutions():
        for layer in (f"{name}_conv", f"{name}_bn"):
            try:
                weights = model.get_layer(layer).get_weights()
            except ValueError as error:
                raise NetworkError(layer, f"no such layer in {spec.backbone}") from error
            found |= {f"{layer}/{index}": value for index, value in enumerate(weights)}
    dense = [layer for layer in model.layers if type(layer).__name__ == "Dense"]
    activations = [layer.activation.__name__ for layer in dense]
    if activations != ["relu"] * (len(dense) - 1) + ["sigmoid"]:
        raise UnavailableError("torch_compile", f"not made for this head (got {', '.join(activations) or 'none'})")
    means = [layer.name for layer in model.layers if layer.name.startswith("tap_") and layer.name.endswith("_mean")]
    found["taps"] = np.array([name.removeprefix("tap_").removesuffix("_mean") for name in means], np.str_)
    for place, layer in enumerate(dense):
        found |= {f"head{place}/{index}": value for index, value in enumerate(layer.get_weights())}
    np.savez(file, **found)


def network(spec: ClassifierSpec, weights: Weights, precision: Any) -> Any:
    """Return a ``torch.nn.Module`` in evaluation mode: uint8 RGB [n, height, width, 3] in, scores [n, categories] out.

    All of it is in ``precision``, a ``torch.dtype``, normalisation included. Pictures are permuted to NCHW, which in
    memory is channels last.
    """
    import torch
    from torch import fx, nn

    arch = ARCHITECTURES[spec.backbone]
    rule = spec.preprocessing
    taps = [str(tap) for tap in weights["taps"]]
    scale, offset = (torch.tensor(values).reshape(1, 3, 1, 1) for values in (rule.scale, rule.offset))

    class Network(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.body = nn.ModuleDict({name: _convolution(name, arch, spec, weights) for name in arch.convolutions()})
            self.head = _head(weights)
            self.register_buffer("scale", scale)
            self.register_buffer("offset", offset)

        def forward(self, pictures: Any) -> Any:
            x = pictures.permute(0, 3, 1, 2).to(precision) * self.scale + self.offset
            before, after = arch.pool_padding
            operations = Operations(
                convolve=lambda x, name, *_: self.body[name](x),
                relu=lambda x, _: nn.functional.relu(x),
                add=lambda shortcut, x, _: shortcut + x,
                pool=lambda x: nn.functional.max_pool2d(nn.functional.pad(x, (before, after, before, after)), 3, 2),
                subsample=lambda x, _: x[:, :, ::2, ::2],
                join=lambda x, other, _: torch.cat((x, other), 1),
            )
            watching, seen = watched(operations, taps)
            x = run_body(arch, x, watching, "trained")
            features = _statistics({tap: seen[tap] for tap in taps}, arch).to(precision) if taps else x.mean((2, 3))
            return torch.sigmoid(self.head(features))

    return fx.symbolic_trace(Network().eval())  # layers one after another, without the way that they were put together


def _statistics(tapped: Mapping[str, Any], arch: Architecture) -> Any:
    """Return what a head that taps these outputs reads, in float32: squares overflow in half precision."""
    import torch

    found = []
    for tap, x in tapped.items():
        read = (x[:, :, ::2, ::2] if arch.read_at_even_positions(tap) else x).float()
        steps = ((read[:, :, 1:] - read[:, :, :-1]), (read[:, :, :, 1:] - read[:, :, :, :-1]))
        difference = sum(step.abs().mean((2, 3)) for step in steps)
        found += [read.mean((2, 3)), torch.var(read, (2, 3), correction=0).sqrt(), difference]
    return torch.log1p(torch.cat(found, 1))


def _convolution(name: str, arch: Architecture, spec: ClassifierSpec, weights: Weights) -> Any:
    """Return convolution and batch norm; the first convolution takes red, green and blue in this order."""
    import torch
    from torch import nn

    kernel, bias = (weights[f"{name}_conv/{index}"] for index in range(2))
    gamma, beta, mean, variance = (weights[f"{name}_bn/{index}"] for index in range(4))
    if name == "conv1" and spec.preprocessing.channel_order == "bgr":
        kernel = kernel[:, :, ::-1]
    side, _, inputs, outputs = kernel.shape
    convolution = nn.Conv2d(inputs, outputs, side, _stride(name), side // 2, bias=False)
    norm = nn.BatchNorm2d(outputs, arch.epsilon)
    values = (
        (convolution.weight, kernel.transpose(3, 2, 0, 1)),
        (norm.weight, gamma),
        (norm.bias, beta),
        (norm.running_mean, mean - bias),  # PyTorch's ResNet has no biases in front of its batch norms
        (norm.running_var, variance),
    )
    with torch.no_grad():
        for target, value in values:
            assert target is not None  # noqa: S101
            target.copy_(torch.from_numpy(np.ascontiguousarray(value)))
    return nn.Sequential(convolution, norm)


def _stride(name: str) -> int:
    """Return the stride of version 1 of the network: 2 where a stage's first block halves the picture."""
    if name == "conv1":
        return 2
    stage, block, branch = name.split("_")
    return 2 if stage != "conv2" and block == "block1" and branch in {"0", "1"} else 1


def _head(weights: Weights) -> Any:
    import torch
    from torch import nn

    layers: list[Any] = []
    while f"head{len(layers) // 2}/0" in weights:
        kernel, bias = (torch.from_numpy(weights[f"head{len(layers) // 2}/{index}"]) for index in range(2))
        dense = nn.Linear(*kernel.shape)
        with torch.no_grad():
            dense.weight.copy_(kernel.T)
            dense.bias.copy_(bias)
        layers += [dense, nn.ReLU()]
    return nn.Sequential(*layers[:-1])
