"""A contender in memory, as its worker runs it: what goes before the timed region, and what is in it.

model = Model(prepare=lambda batch: normalise(batch, rule), run=session_run, subject=subject)
feed = model.prepare(batch)          # a bundle of ours takes the bytes as they are
scores = model.run(feed)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.report import Subject


@dataclass(frozen=True)
class Model:
    """How one contender is asked.

    ``prepare``: from pictures, uint8 [n, height, width, 3] RGB of the network's size, to what ``run`` takes. At stage
    "model" it is done before the clock starts: a peer gets its own input ready-made; at "picture" and "file" it is
    timed. ``run``: from that to scores, float32 [n, categories], blocking until they are there. ``place``: from what
    ``prepare`` returned to the same on the device, for the stage "resident"; ``run_resident`` then runs on it, waits
    until the device is done, and leaves the scores there. Both None where a model has no such thing. ``whole``: it
    resizes by itself, so that at "picture" and "file" ``prepare`` gets pictures as they were decoded, one at a time.
    """

    run: Callable[[Any], NDArray[np.float32]]
    subject: Subject
    prepare: Callable[[NDArray[np.uint8]], Any] = lambda batch: batch
    place: Callable[[Any], Any] | None = None
    run_resident: Callable[[Any], object] | None = None
    whole: bool = False
