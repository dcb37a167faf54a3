"""The original's side of a comparison, run once and kept, for those who compare many exports with it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.observations import Observations
from models.bundle import Bundle
from models.errors import UserError
from models.runtimes import load_runtime
from models.spec import ClassifierSpec
from toolchain.output import Progress
from toolchain.verification.comparison import Reading, Warn, together
from toolchain.verification.examples import Examples

_BATCH = 16


@dataclass(frozen=True, eq=False)
class Reference:
    """Pictures, and what the original says of them.

    ``pixels``: uint8 [n, height, width, 3], as every candidate reads them. ``scores``: float32 [n, categories]. ``ids``
    and ``truth`` as in Observations.
    """

    pixels: NDArray[np.uint8]
    scores: NDArray[np.float32]
    ids: tuple[str, ...]
    truth: NDArray[np.bool_] | None


def observe_original(
    originals: Sequence[Bundle], examples: Examples, spec: ClassifierSpec, progress: Progress, warn: Warn
) -> Reference:
    """Read the examples and run the originals on them; an unreadable picture is warned of and passed over.

    Raises:
        UserError: none of the pictures can be read.
    """
    progress("running the original on the pictures")
    predict = together(originals, spec.labels)
    reading = Reading(examples, spec.preprocessing, progress, warn)
    pixels, scores = [], []
    for batch in reading.batches():
        pixels.append(batch)
        scores.append(predict(batch))
    if not pixels:
        raise UserError("pictures", "none that can be read", "Give at least one.")
    names = tuple(examples.name(path) for path in reading.paths)
    return Reference(np.concatenate(pixels), np.concatenate(scores), names, examples.truth(reading.paths))


def observe_against(reference: Reference, bundle: Bundle, progress: Progress) -> Observations:
    """Run ``bundle`` in its runtime on the reference's pictures."""
    predict = load_runtime(bundle)
    found = []
    for start in range(0, len(reference.pixels), _BATCH):
        progress("comparing decisions", done=start, total=len(reference.pixels))
        found.append(np.asarray(predict(reference.pixels[start : start + _BATCH]), np.float32))
    return Observations(reference.scores, np.concatenate(found), reference.ids, reference.truth)
