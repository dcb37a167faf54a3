"""Second-order weight rounding: each weight is rounded knowing what the ones before it cost, and pays it back.

    kernel, bias = round_second_order(affine, moments)

Optimal Brain Quantization (Frantar and Alistarh 2022, arXiv:2208.11580) in the order and with the Cholesky factors of
GPTQ (Frantar et al. 2022, arXiv:2210.17323), on the windows of a convolution. Two things differ. The error is
measured about the mean, because the bias takes back whatever rounding does to the mean, exactly. And each output
channel's largest weight stays where it is, at the last level, so that whoever quantizes the result later finds the
same scale (exporters.quantization.grid).
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from exporters.quantization.covariance import Moments
from exporters.quantization.grid import weight_scales
from models.resnet50 import Affine, InferenceNetwork

DAMPING = 0.01
"""Share of the mean variance that is added to every variance, against directions that the pictures never showed."""
_BLOCK = 128


def round_network(network: InferenceNetwork, moments: Mapping[str, Moments], limit: int = 127) -> InferenceNetwork:
    """Return the network with every convolution rounded; ``moments`` are those of its float convolutions' inputs."""
    rounded = {name: round_second_order(affine, moments[name], limit) for name, affine in network.convolutions.items()}
    return replace(network, convolutions=rounded)


def round_second_order(affine: Affine, moments: Moments, limit: int = 127) -> Affine:
    """Return the affine map on the grid whose outputs, over the calibration pictures, differ least from before.

    Args:
        affine: kernel [rows, columns, inputs, outputs].
        moments: of the windows that the kernel reads.
        limit: the largest quantized weight.
    """
    shape = affine.kernel.shape
    weights = affine.kernel.reshape(-1, shape[-1]).T.astype(np.float64)
    scales = weight_scales(affine.kernel, limit)[:, None]
    levels = _round(weights / scales, moments.covariance, limit)
    rounded = (levels * scales).astype(np.float32)
    bias = affine.bias + (weights - rounded) @ moments.mean
    return Affine(np.ascontiguousarray(rounded.T).reshape(shape), bias.astype(np.float32))


def _round(weights: NDArray[np.float64], covariance: NDArray[np.float64], limit: int) -> NDArray[np.float64]:
    """Round ``weights`` [outputs, k], in units of their scales, to whole numbers in [-limit, limit]."""
    variance = np.diag(covariance)
    order = np.argsort(-variance, kind="stable")
    damped = covariance[np.ix_(order, order)] + np.eye(len(order)) * (DAMPING * variance.mean() + 1e-12)
    upper = np.linalg.cholesky(np.linalg.inv(damped)).T
    remaining = weights[:, order].copy()
    pinned = np.argmax(np.abs(remaining), axis=1)
    last_level = np.sign(remaining[np.arange(len(remaining)), pinned]) * limit
    levels = np.empty_like(remaining)
    for start in range(0, len(order), _BLOCK):
        stop = min(start + _BLOCK, len(order))
        errors = np.empty((len(remaining), stop - start))
        for column in range(start, stop):
            level = np.clip(np.rint(remaining[:, column]), -limit, limit)
            level = np.where(pinned == column, last_level, level)
            error = (remaining[:, column] - level) / upper[column, column]
            remaining[:, column + 1 : stop] -= error[:, None] * upper[column, column + 1 : stop]
            levels[:, column], errors[:, column - start] = level, error
        remaining[:, stop:] -= errors @ upper[start:stop, stop:]
    result = np.empty_like(levels)
    result[:, order] = levels
    return result
