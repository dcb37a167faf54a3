"""From the inference graph to what every int8 format is written from."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from exporters.calibration import calibrator
from exporters.calibration.pictures import CalibrationSet
from exporters.deploy import fold_score_calibrations
from exporters.quantization.clipping import METHOD, ranges_by_logit_error
from exporters.quantization.covariance import input_moments
from exporters.quantization.equalize import equalize
from exporters.quantization.gptq import round_network
from exporters.quantization.nearest import round_nearest
from exporters.quantization.ranges import Range, measure
from exporters.quantization.reach import reaches
from exporters.quantization.refit import Reference
from exporters.quantization.shortcuts import align, join_shortcuts
from exporters.quantization.simulate import logits, simulated_form
from models.errors import UnknownName
from models.manifest import Calibration
from models.preprocessing import Preprocessing
from models.processor import int8_saturates
from models.resnet50 import InferenceNetwork, inference_form

Rounding = Literal["second-order", "nearest"]
BATCH = 4
DEFAULT_CALIBRATOR: Mapping[Rounding, str] = {"second-order": METHOD, "nearest": "percentile"}

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


def overflows_here(cpu: str | None) -> bool:
    """Return whether int8 that is written for the processor ``cpu``, None being the default one, overflows on ours."""
    return int8_saturates() and weight_limit(cpu) > WEIGHT_LIMIT["avx2"]


@dataclass(frozen=True)
class Prepared:
    """A network whose kernels lie on their grids, the ranges of its activations, and what they were measured on.

    ``float_network`` is the same before its weights were rounded. ``errors``: the mean square logit error that rounding
    each activation alone is expected to make; empty unless ranges were chosen by it. ``reference``: what artefacts are
    refitted to; None with nearest rounding, which is left as it comes.
    """

    network: InferenceNetwork
    ranges: Mapping[str, Range]
    calibration: Calibration
    float_network: InferenceNetwork
    errors: Mapping[str, float] = field(default_factory=dict)
    reference: Reference | None = None


def prepare(
    network: InferenceNetwork,
    rule: Preprocessing,
    pictures: CalibrationSet,
    progress: Callable[[str], None],
    *,
    method: str | None = None,
    rounding: Rounding = "second-order",
    limit: int = 127,
) -> Prepared:
    """Round the weights and measure the activations.

    Second-order rounding equalizes the channels first, joins shortcuts, rounds each weight knowing what the others
    cost, and takes the mean of what is left out of the logits. Nearest rounding does none of this; it is there to
    compare with.

    Args:
        network: the float network (exporters.deploy).
        rule: how the pictures become its input.
        pictures: what to calibrate on.
        progress: told what is being done.
        method: how ranges follow from what was seen: "logit-error", or a name in exporters.calibration.
        rounding: how weights come onto their grids.
        limit: the largest quantized weight, 127, or 63 for processors without int8 dot products.

    Raises:
        UnknownName: no such method.
        UserError: too few pictures can be read.
    """
    chosen = method or DEFAULT_CALIBRATOR[rounding]
    calibration = Calibration(method=chosen, pictures=len(pictures.paths), sha256=pictures.sha256)

    def batches() -> Iterator[NDArray[np.uint8]]:
        return pictures.batches(rule, BATCH)

    if rounding == "nearest":
        progress(f"measuring activations on {len(pictures.paths)} pictures ({chosen})")
        ranges, errors = _ranges(network, batches, chosen)
        return Prepared(round_nearest(network, rule, limit), ranges, calibration, network, errors)
    original = network
    progress("equalizing channels")
    network = join_shortcuts(equalize(network, reaches(join_shortcuts(network), batches)))
    progress(f"measuring activations on {len(pictures.paths)} pictures ({chosen})")
    ranges, errors = _ranges(network, batches, chosen)
    network, ranges = align(network, ranges)
    progress("measuring what each convolution reads")
    moments = input_moments(network, batches())
    progress(f"rounding the weights of {len(moments)} convolutions")
    rounded = round_network(network, moments, limit)
    before = logits(inference_form(original), batches())
    after = logits(simulated_form(rounded, ranges), batches())
    shift = np.mean(before - after, axis=0)
    unbiased = fold_score_calibrations(rounded, np.ones_like(shift), shift)
    reference = Reference(pictures, 1 / (1 + np.exp(-before)))
    return Prepared(unbiased, ranges, calibration, network, errors, reference)


def _ranges(
    network: InferenceNetwork, batches: Callable[[], Iterable[NDArray[np.uint8]]], method: str
) -> tuple[Mapping[str, Range], Mapping[str, float]]:
    if method != METHOD:
        return measure(network, batches(), calibrator(method)), {}
    found = ranges_by_logit_error(network, batches)
    return {name: clipped.range for name, clipped in found.items()}, {name: c.error for name, c in found.items()}


def in_float(prepared: Prepared, kept: Collection[str]) -> InferenceNetwork:
    """Return the prepared network with the weights of the convolutions ``kept`` as they were before rounding."""
    unrounded = {name: prepared.float_network.convolutions[name] for name in kept}
    return replace(prepared.network, convolutions={**prepared.network.convolutions, **unrounded})
