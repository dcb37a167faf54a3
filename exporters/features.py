"""The features that heads are trained on, as an ONNX file: the backbone's one pass, at the speed of an export.

write_features(deploy([original]), RESNET50_1BY2.taps, Path("features.onnx"))

Its input is that of an export: ``image``, uint8 [n, height, width, 3] RGB.
"""

from collections.abc import Sequence
from pathlib import Path

from exporters.onnx.convert import features_to_onnx
from models.resnet50 import InferenceNetwork

_OPSET, _IR_VERSION = 13, 7


def write_features(network: InferenceNetwork, taps: Sequence[str], target: Path) -> Path:
    """Write what ``features_form`` computes as the file ``target``, and return it.

    Its output is ``features``, float32 [n, features_size(network.architecture, taps)]: what a trained head with these
    taps reads, or, without taps, the mean of the last stage's output.

    Args:
        network: as deployed; its heads are left out.
        taps: what ``HeadForm.taps`` would have.
        target: the file.

    Raises:
        ValueError: ``taps`` are not what a head may read.
    """
    import onnx

    onnx.save(features_to_onnx(network, taps, _OPSET, _IR_VERSION, None), target)
    return target
