"""The first convolution in half precision, rounded beforehand: what that does to the mean is made up for."""

from dataclasses import replace

import numpy as np

from exporters.deploy import read_blocks
from exporters.quantization.neutral import keep_neutral, round_first_to_half
from exporters.stablehlo.graph import Precision
from models.preprocessing import Preprocessing
from models.resnet50 import Affine, InferenceNetwork


def first_convolution(
    network: InferenceNetwork, rule: Preprocessing, precision: Precision, *, blocks: bool
) -> InferenceNetwork:
    """Return the network with its first convolution at the values of its type, neutral pixels kept.

    With ``blocks`` it reads 2x2 pixels at once, 16 channels, if the sides are even.
    """
    if precision == "float16":
        network = round_first_to_half(network, rule)
    elif precision == "bfloat16":
        network = _round_to_bfloat16(network, rule)
    even = network.height % 2 == 0 and network.width % 2 == 0
    return read_blocks(network) if blocks and even else network


def _round_to_bfloat16(network: InferenceNetwork, rule: Preprocessing) -> InferenceNetwork:
    from ml_dtypes import bfloat16

    first = network.convolutions["conv1"]
    rounded = keep_neutral(Affine(first.kernel.astype(bfloat16).astype(np.float32), first.bias), rule)
    return replace(network, convolutions={**network.convolutions, "conv1": rounded})
