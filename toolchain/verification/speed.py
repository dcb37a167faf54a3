"""How long one bundle takes against another, picture by picture, side by side on this machine."""

import numpy as np

from benchmarks.paired import Ratio, interleave, ratio
from models.bundle import Bundle
from models.runtimes import load_runtime

ROUNDS = 40


def time_ratio(ours: Bundle, other: Bundle, rounds: int = ROUNDS) -> Ratio:
    """Return the time of ``ours`` over that of ``other``, for one picture in their runtimes' default settings."""
    rule = ours.manifest.spec.preprocessing
    noise = np.random.default_rng(0).integers(0, 256, (1, rule.height, rule.width, 3)).astype(np.uint8)
    runs = {name: load_runtime(bundle) for name, bundle in (("ours", ours), ("other", other))}
    seconds = interleave({name: lambda run=run: run(noise) for name, run in runs.items()}, rounds)  # type: ignore[misc]
    return ratio(seconds["ours"], seconds["other"])
