"""The inference graph as a function in JAX, in half or in single precision.

    scores = jax_function(network, "float16")      # uint8 [n, height, width, 3] -> float32 [n, categories]

The head is computed in float32, whatever the body is.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from models.resnet50 import Head, InferenceNetwork, Operations, Tap, run_body, watched, zeros_around

Precision = Literal["float32", "float16", "bfloat16"]
Rounding = Literal["layer", "operation"]
Array = Any
"""A ``jax.Array``, or what JAX traces in its place."""

_LAYOUT = ("NHWC", "HWIO", "NHWC")


def jax_function(
    network: InferenceNetwork, precision: Precision, rounding: Rounding | None = None
) -> Callable[[Array], Array]:
    """Return the function from a uint8 batch to scores in [0, 1]; the weights are constants in it.

    uint8 is exact in every one of the types: bfloat16 has eight significant bits. In float32 the products are float32
    too, where a GPU would by default take TensorFloat-32.

    Args:
        network: its first convolution as ``exporters.stablehlo.first`` leaves it.
        precision: of weights and activations; sums are float32.
        rounding: "layer" says in the graph that a convolution, its bias, the shortcut and the ReLU are float32 until
            they are rounded, once. "operation" has all of it in ``precision``, which is what XLA has fused kernels for
            on a GPU; those round once by themselves. By default what suits the platform that it is lowered for.
    """
    from jax import lax

    if rounding is not None:
        return _function(network, precision, rounding)
    on_cpu, elsewhere = (_function(network, precision, each) for each in ("layer", "operation"))

    def scores(image: Array) -> Array:
        return lax.platform_dependent(image, cpu=on_cpu, default=elsewhere)

    return on_cpu if precision == "float32" else scores


def _function(network: InferenceNetwork, precision: Precision, rounding: Rounding) -> Callable[[Array], Array]:
    import jax.numpy as jnp
    from jax import lax, nn

    dtype = jnp.dtype(precision)
    wide = jnp.dtype("float32") if rounding == "layer" else dtype
    exactness = lax.Precision.HIGHEST if precision == "float32" else lax.Precision.DEFAULT

    def convolve(x: Array, name: str, filters: int, size: int, stride: int) -> Array:
        del filters
        if name == "conv1" and network.reads_blocks:
            size, stride = 4, 1
        affine = network.convolutions[name]
        product = lax.conv_general_dilated(
            x,
            jnp.asarray(affine.kernel, dtype),
            (stride, stride),
            zeros_around(size, stride, x.shape[1], x.shape[2]),
            dimension_numbers=_LAYOUT,
            precision=exactness,
            preferred_element_type=wide,
        )
        return product + jnp.asarray(affine.bias, wide)

    def pool(x: Array) -> Array:
        around = network.architecture.pool_padding
        return lax.reduce_window(
            x, np.array(-np.inf, dtype), lax.max, (1, 3, 3, 1), (1, 2, 2, 1), ((0, 0), around, around, (0, 0))
        )

    operations = Operations(
        convolve=convolve,
        relu=lambda x, _: jnp.maximum(x, 0).astype(dtype),
        add=lambda shortcut, x, _: x + shortcut.astype(wide),
        pool=pool,
        subsample=lambda x, _: lax.slice_in_dim(lax.slice_in_dim(x, 0, None, 2, axis=1), 0, None, 2, axis=2),
        join=lambda x, other, _: jnp.concatenate([x, other], axis=-1),
    )

    def scores(image: Array) -> Array:
        x = lax.pad(image, np.uint8(255), [(0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 1, 0)])
        if network.reads_blocks:
            x = x.reshape(-1, network.height // 2, 2, network.width // 2, 8)
            x = x.transpose(0, 1, 3, 2, 4).reshape(-1, network.height // 2, network.width // 2, 16)
        build, tapped = watched(operations, network.taps)
        x = run_body(network.architecture, x.astype(dtype), build, shortcuts=network.shortcuts)
        mean = x.astype(jnp.float32).mean((1, 2))
        statistics = {layer: _statistics(tapped[layer]) for layer in network.taps}
        logits = [_logits(_features(statistics, head.taps) if head.taps else mean, head) for head in network.heads]
        return nn.sigmoid(jnp.concatenate(logits, axis=1))

    return scores


def _statistics(x: Array) -> tuple[Array, Array, Array]:
    """Return mean, deviation and difference over rows and columns, float32 [n, channels] each."""
    import jax.numpy as jnp

    x = x.astype(jnp.float32)
    mean = x.mean((1, 2), keepdims=True)
    down, across = (jnp.abs(jnp.diff(x, axis=axis)).mean((1, 2)) for axis in (1, 2))
    return mean[:, 0, 0], jnp.sqrt(jnp.square(x - mean).mean((1, 2))), down + across


def _features(statistics: Mapping[str, tuple[Array, Array, Array]], taps: Sequence[Tap]) -> Array:
    import jax.numpy as jnp

    return jnp.concatenate([jnp.log1p(value * tap.scale) for tap in taps for value in statistics[tap.layer]], axis=1)


def _logits(features: Array, head: Head) -> Array:
    import jax.numpy as jnp
    from jax import lax

    x = features
    for index, affine in enumerate(head.layers):
        x = jnp.dot(x, affine.kernel, precision=lax.Precision.HIGHEST) + affine.bias
        if index < len(head.layers) - 1:
            x = jnp.maximum(x, 0)
    return x
