"""JAX: what XLA counts in the program that it compiled. It shows no times by operator here."""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.why.document import Why
from benchmarks.why.feeding import fit

SUFFIXES = (".jax",)
PACKAGE = "jax"

_TRANSPOSE = re.compile(r"= \S+ transpose\(")


def profile(model: Path, batch: NDArray[np.uint8], contender: Contender) -> Why:
    """Compile the model for this batch, and read XLA's cost analysis and the text of its program; nothing is run."""
    import jax
    from jax import export

    exported = export.deserialize(bytearray(model.read_bytes()))
    (source,) = exported.in_avals
    shape = [side if isinstance(side, int) else None for side in source.shape]
    device = jax.devices(contender.device)[0]
    feed = jax.device_put(fit(batch, shape, source.dtype), device)
    compiled = jax.jit(exported.call).lower(feed).compile()
    return Why(
        profiler=f"XLA of JAX {jax.__version__}",
        transposes=count_transposes(compiled.as_text() or ""),
        notes=("XLA shows no times by operator.", *_cost_notes(compiled.cost_analysis())),
    )


def count_transposes(program: str) -> int:
    """Count the transposes in the text of a compiled program (HLO), those inside of fusions too."""
    return len(_TRANSPOSE.findall(program))


def _cost_notes(costs: dict[str, float] | None) -> tuple[str, ...]:
    operations, moved = (costs or {}).get("flops", 0), (costs or {}).get("bytes accessed", 0)
    if not operations or not moved:
        return ()
    return (
        f"XLA counts {operations / 1e9:.2f} billion operations and {moved / 1e6:.0f} MB of memory traffic for a query.",
    )
