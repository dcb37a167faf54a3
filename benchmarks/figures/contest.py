"""One candidate against another, interleaved: a line for the reader, and every sample for the record."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from benchmarks.paired import interleave, ratio


def contest(ours: str, theirs: str, runs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Any]:
    """Time ``runs[ours]`` against ``runs[theirs]``, say how it went, and return medians, ratio and all samples."""
    samples = interleave({name: runs[name] for name in (ours, theirs)}, rounds)
    found = ratio(samples[ours], samples[theirs])
    medians = {name: float(np.median(seconds) * 1e3) for name, seconds in samples.items()}
    print(
        f"{ours} {medians[ours]:.2f} ms, {theirs} {medians[theirs]:.2f} ms: "
        f"{found.median:.3f} of its time ({found.low:.3f} to {found.high:.3f})",
        file=sys.stderr,
    )
    return {
        "ours": ours,
        "theirs": theirs,
        "ratio": asdict(found),
        "median_ms": medians,
        "samples_ms": {name: [round(value * 1e3, 4) for value in seconds] for name, seconds in samples.items()},
    }
