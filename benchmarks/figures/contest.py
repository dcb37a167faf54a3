"""One candidate against another, interleaved: a line for the reader, and every sample for the record."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from time import process_time
from typing import Any

import numpy as np

from benchmarks.paired import Seconds, interleave, ratio

Run = Callable[[], object]


def contest(ours: str, theirs: str, runs: Mapping[str, Run], rounds: int) -> dict[str, Any]:
    """Time ``runs[ours]`` against ``runs[theirs]``, say how it went, and return medians, ratio and all samples.

    ``cpu_*`` is the same in processor time of the whole process, which others on the machine disturb less. Threads
    that wait by spinning use it too, so with several of them it says more about the runtime than about the model.
    """
    cpu: dict[str, list[float]] = {ours: [], theirs: []}
    wall = interleave({name: _counted(runs[name], cpu[name]) for name in cpu}, rounds)
    used = {name: np.array(seconds[-rounds:]) for name, seconds in cpu.items()}
    found, found_cpu = ratio(wall[ours], wall[theirs]), ratio(used[ours], used[theirs])
    medians = _medians(wall)
    print(
        f"{ours} {medians[ours]:.2f} ms, {theirs} {medians[theirs]:.2f} ms: "
        f"{found.median:.3f} of its time ({found.low:.3f} to {found.high:.3f}), {found_cpu.median:.3f} of its CPU time",
        file=sys.stderr,
    )
    return {
        "ours": ours,
        "theirs": theirs,
        "ratio": asdict(found),
        "median_ms": medians,
        "samples_ms": _milliseconds(wall),
        "cpu_ratio": asdict(found_cpu),
        "cpu_median_ms": _medians(used),
        "cpu_samples_ms": _milliseconds(used),
    }


def _counted(run: Run, seconds: list[float]) -> Run:
    """Return ``run`` that appends the processor time of each call to ``seconds``."""

    def counted() -> None:
        start = process_time()
        run()
        seconds.append(process_time() - start)

    return counted


def _medians(samples: Mapping[str, Seconds]) -> dict[str, float]:
    return {name: float(np.median(seconds) * 1e3) for name, seconds in samples.items()}


def _milliseconds(samples: Mapping[str, Seconds]) -> dict[str, list[float]]:
    return {name: [round(float(value) * 1e3, 4) for value in seconds] for name, seconds in samples.items()}
