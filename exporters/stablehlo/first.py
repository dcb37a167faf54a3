"""The first convolution in half precision, rounded beforehand: what that does to the mean is made up for."""

import numpy as np

from exporters.deploy import read_blocks
from exporters.quantization.neutral import round_first_to_half
from exporters.stablehlo.graph import Precision
from models.preprocessing import Preprocessing
from models.resnet50 import InferenceNetwork


def first_convolution(
    network: InferenceNetwork, rule: Preprocessing, precision: Precision, *, blocks: bool
) -> InferenceNetwork:
    """Return the network with its first convolution at the values of its type, neutral pixels kept.

    With ``blocks`` it reads 2x2 pixels at once, 16 channels, if the sides are even.
    """
    if precision == "float16":
        network = round_first_to_half(network, rule, np.float16)
    elif precision == "bfloat16":
        from ml_dtypes import bfloat16

        network = round_first_to_half(network, rule, bfloat16)
    even = network.height % 2 == 0 and network.width % 2 == 0
    return read_blocks(network) if blocks and even else network
