"""The inference graph in OpenVINO's own operations, in float32 or ready for int8.

    model = float_graph(network, rule, batch=None)
    model = int8_graph(network, ranges, weight_limit=127, batch=None)

Measured on the CPU plugin: in float32 a subtraction of the neutral pixel costs less than a fourth channel does; in
int8 the bytes go into the first convolution as they are, with their constant, and every convolution and pooling runs on
bytes. Blocks of 2x2 pixels gain nothing here. OpenVINO fuses a convolution with the addition, the
ReLU and the rounding after it.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exporters.onnx.quantize import activation_grid
from exporters.openvino.head import scores_of
from exporters.quantization.grid import weight_scales
from exporters.quantization.neutral import neutral_pixel
from models.preprocessing import Preprocessing
from models.resnet50 import Affine, InferenceNetwork, Operations, run_body, watched, zeros_around

INPUT = "image"

Node = Any
Range = tuple[float, float]


def float_graph(network: InferenceNetwork, rule: Preprocessing, batch: int | None, *, half: bool = False) -> Any:
    """Return an ``openvino.Model`` in float32: uint8 [batch, height, width, 3] in, float32 [batch, categories] out.

    The neutral pixel is taken from the picture, and the first convolution reads three channels. With ``n`` that
    pixel, ``w . p + c * 255`` is ``w . (p - n) + (w . n + c * 255)``; the bracket goes into the bias.
    With ``half`` the kernels are stored as float16, and nothing else: biases weigh nothing in the file, and rounding
    them moves every score.
    """
    from openvino import opset8 as ov

    neutral = neutral_pixel(rule)
    first = network.convolutions["conv1"]
    left_over = np.einsum("hwio,i->o", first.kernel.astype(np.float64), neutral)
    centred = Affine(first.kernel[:, :, :3], (first.bias + left_over).astype(np.float32))
    image = _image(network, batch)
    colours = ov.constant(neutral[:3].astype(np.float32).reshape(1, 1, 1, 3))
    x = ov.transpose(ov.subtract(ov.convert(image, np.float32), colours), _integers(0, 3, 1, 2))
    kernel = _half_kernel if half else _float_kernel
    return _model(network, image, x, {**network.convolutions, "conv1": centred}, kernel, lambda x, _: x)


def int8_graph(network: InferenceNetwork, ranges: Mapping[str, Range], weight_limit: int, batch: int | None) -> Any:
    """Return an ``openvino.Model`` that the CPU plugin runs in integers, up to the head: inputs and outputs as above.

    Weights are int8 constants with one scale per output channel; activations pass a FakeQuantize of 256 levels. In the
    first stage what a convolution gives to an addition does not: it is added in float, and the sum is rounded, once.

    Args:
        network: its kernels on their grids (exporters.quantization).
        ranges: lowest and highest value, by layer of the inference form, low <= 0 <= high.
        weight_limit: the largest absolute quantized weight.
        batch: pictures per run, None for any number.
    """
    from openvino import opset8 as ov

    image = _image(network, batch)
    planes = ov.transpose(image, _integers(0, 3, 1, 2))
    blank = ov.constant(np.array(255, np.uint8))
    pixels = ov.pad(planes, _integers(0, 0, 0, 0), _integers(0, 1, 0, 0), "constant", blank)
    # a scale of one marks the bytes as quantized: without it the first convolution runs in float
    x = ov.multiply(ov.convert(pixels, np.float32), ov.constant(np.float32(1)))

    def rounded(x: Node, layer: str) -> Node:
        return _fake_quantize(x, *ranges[layer]) if layer in ranges and not _added_in_float(layer) else x

    def kernel(weights: NDArray[np.float32]) -> Node:
        return _int8_kernel(weights, weight_limit)

    return _model(network, image, x, network.convolutions, kernel, rounded)


def _image(network: InferenceNetwork, batch: int | None) -> Node:
    from openvino import opset8 as ov

    if network.reads_blocks:
        raise ValueError("the first convolution must read pixels, not blocks")
    image = ov.parameter([-1 if batch is None else batch, network.height, network.width, 3], np.uint8, INPUT)
    image.output(0).set_names({INPUT})
    return image


def _model(
    network: InferenceNetwork,
    image: Node,
    pixels: Node,
    convolutions: Mapping[str, Affine],
    kernel: Callable[[NDArray[np.float32]], Node],
    after: Callable[[Node, str], Node],
) -> Any:
    """Build what follows the entry; ``after(x, layer)`` sees what ``inference_form``'s hook of that name sees."""
    import openvino
    from openvino import opset1
    from openvino import opset8 as ov

    def convolve(x: Node, name: str, filters: int, size: int, stride: int) -> Node:
        del filters
        affine = convolutions[name]
        rows, columns = (side.get_length() for side in list(x.output(0).get_partial_shape())[2:])
        before, behind = zip(*zeros_around(size, stride, rows, columns), strict=True)
        x = ov.convolution(x, kernel(affine.kernel), [stride, stride], before, behind, [1, 1])
        x = ov.add(x, ov.constant(affine.bias.reshape(1, -1, 1, 1)), name=f"{name}_conv")
        return x if network.before_relu(name) else after(x, f"{name}_conv")

    def pool(x: Node) -> Node:
        before, behind = ([zeros] * 2 for zeros in network.architecture.pool_padding)
        return opset1.max_pool(x, [2, 2], before, behind, [3, 3], "floor", name="pool1_pool")

    operations = Operations(
        convolve=convolve,
        relu=lambda x, name: after(ov.relu(x, name=name), name),
        add=lambda shortcut, x, name: ov.add(shortcut, x, name=name),
        pool=pool,
        subsample=lambda x, name: opset1.max_pool(x, [2, 2], [0, 0], [0, 0], [1, 1], "floor", name=name),
        join=lambda x, other, name: ov.concat([x, other], 1, name=name),
    )
    operations, tapped = watched(operations, network.taps)
    x = run_body(network.architecture, pixels, operations, shortcuts=network.shortcuts)
    return openvino.Model([scores_of(x, tapped, network)], [image], network.architecture.name)


def _float_kernel(weights: NDArray[np.float32]) -> Node:
    from openvino import opset8 as ov

    return ov.constant(np.ascontiguousarray(weights.transpose(3, 2, 0, 1)))


def _half_kernel(weights: NDArray[np.float32]) -> Node:
    from openvino import opset8 as ov

    stored = ov.constant(np.ascontiguousarray(weights.transpose(3, 2, 0, 1)).astype(np.float16))
    return ov.convert(stored, np.float32)


def _int8_kernel(weights: NDArray[np.float32], limit: int) -> Node:
    from openvino import opset8 as ov

    scales = weight_scales(weights, limit)
    levels = np.clip(np.rint(weights / scales), -limit, limit).astype(np.int8)
    planes = ov.constant(np.ascontiguousarray(levels.transpose(3, 2, 0, 1)))
    return ov.multiply(ov.convert(planes, np.float32), ov.constant(scales.astype(np.float32).reshape(-1, 1, 1, 1)))


def _added_in_float(layer: str) -> bool:
    """Return whether this is a convolution in front of an addition that takes floats (docs/decisions.md, record 27)."""
    return layer.startswith("conv2_") and layer.endswith("_3_conv")


def _fake_quantize(x: Node, low: float, high: float) -> Node:
    from openvino import opset8 as ov

    scale, zero = activation_grid(low, high)
    ends = [np.float32(-int(zero) * scale), np.float32((255 - int(zero)) * scale)]
    first, last = (ov.constant(end.reshape(1, 1, 1, 1)) for end in ends)
    return ov.fake_quantize(x, first, last, first, last, 256)


def _integers(*values: int) -> Node:
    from openvino import opset8 as ov

    return ov.constant(np.array(values, np.int64))
