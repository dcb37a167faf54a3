"""Where two graphs part: each layer's output in one against the same layer's in the other.

    rows = compare_layers(original, candidate, batches)     # two functions from a uint8 batch to named outputs
    first_departure(rows, limit=1e-4)                       # the LayerDifference of the first layer beyond it, or None

Outputs are matched by the name of the layer; arrays are float, [n, …] with channels last. Errors pile up along a
network, so what counts is the first layer that is off, not the one that is off most.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, log10, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import UserError

LayerOutputs = Callable[[NDArray[np.uint8]], Mapping[str, NDArray[Any]]]
"""From pictures, uint8 [n, height, width, 3] RGB, to float outputs by layer, in the order in which the layers run."""


@dataclass(frozen=True)
class LayerDifference:
    """One layer's outputs o of the original and c of the candidate, in sums over all values seen.

    ``error``: sum of (c - o)^2. ``signal``: sum of o^2. ``candidate_signal``: sum of c^2. ``product``: sum of o c.
    ``max_abs``: the largest |c - o|.
    """

    name: str
    error: float
    signal: float
    candidate_signal: float
    product: float
    max_abs: float

    def __add__(self, other: "LayerDifference") -> "LayerDifference":
        return LayerDifference(
            self.name,
            self.error + other.error,
            self.signal + other.signal,
            self.candidate_signal + other.candidate_signal,
            self.product + other.product,
            float(np.maximum(self.max_abs, other.max_abs)),
        )

    @property
    def relative_error(self) -> float:
        """``|c - o| / |o|`` in the Euclidean norm; 0 for equal outputs, infinite where only the original is zero."""
        if not self.error:
            return 0.0
        return sqrt(self.error / self.signal) if self.signal else inf

    @property
    def cosine(self) -> float:
        """``o.c / (|o| |c|)`` in [-1, 1]; 1 where both are zero, 0 where one is."""
        if not self.signal and not self.candidate_signal:
            return 1.0
        lengths = sqrt(self.signal) * sqrt(self.candidate_signal)
        return self.product / lengths if lengths else 0.0

    @property
    def sqnr_db(self) -> float:
        """Signal to (quantization) noise ratio, ``10 log10(|o|^2 / |c - o|^2)`` in decibels; infinite without noise."""
        if not self.error:
            return inf
        return 10 * log10(self.signal / self.error) if self.signal else -inf


def compare_layer(name: str, original: NDArray[Any], candidate: NDArray[Any]) -> LayerDifference:
    """Compare one output, two float arrays of the same shape, in float64.

    Raises:
        UserError: the shapes differ.
    """
    if original.shape != candidate.shape:
        problem = f"another shape than in the original (got {list(candidate.shape)}, not {list(original.shape)})"
        raise UserError(f"layer {name}", problem, "Compare two graphs of the same network.")
    o, c = original.astype(np.float64).ravel(), candidate.astype(np.float64).ravel()
    gap = c - o
    return LayerDifference(
        name,
        error=float(np.dot(gap, gap)),
        signal=float(np.dot(o, o)),
        candidate_signal=float(np.dot(c, c)),
        product=float(np.dot(o, c)),
        max_abs=float(np.max(np.abs(gap))),
    )


def compare_layers(
    original: LayerOutputs, candidate: LayerOutputs, batches: Iterable[NDArray[np.uint8]]
) -> tuple[LayerDifference, ...]:
    """Compare every layer that both graphs have, over all batches, one batch in memory at a time.

    Layers that only one of them has (fused away, or added by an exporter) are left out; the order is the original's.

    Raises:
        UserError: no batches, no layer in common, or an output with another shape.
    """
    rows: dict[str, LayerDifference] = {}
    for batch in filter(len, batches):
        after = candidate(batch)
        for name, before in original(batch).items():
            if name in after:
                row = compare_layer(name, before, after[name])
                rows[name] = rows[name] + row if name in rows else row
    if not rows:
        advice = "Give pictures, and two graphs whose layers carry the same names."
        raise UserError("comparison by layer", "nothing to compare (got no layer that both have)", advice)
    return tuple(rows.values())


def first_departure(rows: Sequence[LayerDifference], limit: float) -> LayerDifference | None:
    """Return the first layer whose relative error is above ``limit`` or is not a number; None if there is none."""
    return next((row for row in rows if not row.relative_error <= limit), None)
