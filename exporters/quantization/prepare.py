"""From the inference graph to what every int8 format is written from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from exporters.calibration import calibrator
from exporters.calibration.pictures import CalibrationSet
from exporters.quantization.nearest import round_nearest
from exporters.quantization.ranges import Range, measure
from models.errors import UnknownName
from models.manifest import Calibration
from models.preprocessing import Preprocessing
from models.resnet50 import InferenceNetwork

Rounding = Literal["nearest"]
BATCH = 8
DEFAULT_CALIBRATOR = "percentile"

WEIGHT_LIMIT = {"vnni": 127, "arm": 127, "avx2": 63}
"""The largest quantized weight, by processor. Without VNNI, x86 adds pairs of u8 x s8 products in 16 bits, which
saturate above 2 * 255 * 64: weights of seven bits cannot (ONNX Runtime calls this ``reduce_range``)."""
DEFAULT_CPU = "vnni"


def weight_limit(cpu: str | None) -> int:
    """Return the largest quantized weight for a processor, None being the default one.

    Raises:
        UnknownName: it is none of ``WEIGHT_LIMIT``.
    """
    if (cpu or DEFAULT_CPU) not in WEIGHT_LIMIT:
        raise UnknownName("processor", cpu or "", WEIGHT_LIMIT)
    return WEIGHT_LIMIT[cpu or DEFAULT_CPU]


@dataclass(frozen=True)
class Prepared:
    """A network whose kernels lie on their grids, the ranges of its activations, and what they were measured on."""

    network: InferenceNetwork
    ranges: Mapping[str, Range]
    calibration: Calibration


def prepare(
    network: InferenceNetwork,
    rule: Preprocessing,
    pictures: CalibrationSet,
    progress: Callable[[str], None],
    *,
    method: str | None = None,
    limit: int = 127,
) -> Prepared:
    """Round the weights and measure the activations.

    Args:
        network: the float network (exporters.deploy).
        rule: how the pictures become its input.
        pictures: what to calibrate on.
        progress: told what is being done.
        method: how ranges follow from what was seen, a name in exporters.calibration.
        limit: the largest quantized weight, 127, or 63 for processors without int8 dot products.

    Raises:
        UnknownName: no such method.
        UserError: too few pictures can be read.
    """
    chosen = method or DEFAULT_CALIBRATOR
    progress(f"measuring activations on {len(pictures.paths)} pictures ({chosen})")
    ranges = measure(network, pictures.batches(rule, BATCH), calibrator(chosen))
    rounded = round_nearest(network, rule, limit)
    return Prepared(rounded, ranges, Calibration(method=chosen, pictures=len(pictures.paths), sha256=pictures.sha256))
