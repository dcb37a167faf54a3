"""Timing several candidates side by side, so that what the machine does meanwhile happens to all of them.

seconds = interleave({"ours": run, "theirs": other}, rounds=100)
ratio(seconds["ours"], seconds["theirs"])          # Ratio(median=0.57, low=0.56, high=0.58)
"""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter_ns

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]


@dataclass(frozen=True)
class Ratio:
    """The median of paired ratios with a 95 % bootstrap interval."""

    median: float
    low: float
    high: float


def interleave(candidates: Mapping[str, Callable[[], object]], rounds: int, warmup: int = 5) -> dict[str, Seconds]:
    """Run every candidate once a round, in turn, and return the seconds of each, [rounds].

    Each starts as often after each other one, since odd rounds go backwards. Garbage collection waits outside.
    """
    for run in candidates.values():
        for _ in range(warmup):
            run()
    samples = {name: np.empty(rounds) for name in candidates}
    order = list(candidates.items())
    gc.collect()
    gc.disable()
    try:
        for index in range(rounds):
            for name, run in order if index % 2 == 0 else reversed(order):
                start = perf_counter_ns()
                run()
                samples[name][index] = (perf_counter_ns() - start) / 1e9
    finally:
        gc.enable()
    return samples


def ratio(ours: Seconds, theirs: Seconds, resamples: int = 2000, seed: int = 0) -> Ratio:
    """Return the median over rounds of ``ours / theirs``, with a percentile bootstrap interval over rounds."""
    pairs = ours / theirs
    chance = np.random.default_rng(seed)
    medians = np.median(pairs[chance.integers(0, len(pairs), (resamples, len(pairs)))], axis=1)
    low, high = np.percentile(medians, [2.5, 97.5])
    return Ratio(float(np.median(pairs)), float(low), float(high))
