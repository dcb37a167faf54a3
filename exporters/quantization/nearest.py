"""The plain way: every weight to its nearest level; only the first convolution's bias is seen to."""

from dataclasses import replace

from exporters.quantization.grid import round_to_nearest
from exporters.quantization.neutral import keep_neutral
from models.preprocessing import Preprocessing
from models.resnet50 import Affine, InferenceNetwork


def round_nearest(network: InferenceNetwork, rule: Preprocessing, limit: int = 127) -> InferenceNetwork:
    """Return the network with all convolutions' kernels on their grids (exporters.quantization.grid)."""
    rounded = {
        name: Affine(round_to_nearest(affine.kernel, limit), affine.bias)
        for name, affine in network.convolutions.items()
    }
    rounded["conv1"] = keep_neutral(rounded["conv1"], rule)
    return replace(network, convolutions=rounded)
