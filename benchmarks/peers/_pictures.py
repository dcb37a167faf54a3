"""Pictures as the trained network takes them: normalised float32."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from models.errors import UserError
from models.preprocessing import Preprocessing, normalise

Normalise = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


def normaliser(rule: Preprocessing) -> Normalise:
    """Return ``models.preprocessing.normalise`` for this rule, its result contiguous."""
    return lambda batch: np.ascontiguousarray(normalise(batch, rule))


def normalised(calibration: Sequence[NDArray[np.uint8]], rule: Preprocessing) -> Iterator[NDArray[np.float32]]:
    """Yield the batches to calibrate on.

    Raises:
        UserError: there are none.
    """
    if not calibration:
        raise UserError("calibration", "int8 wants pictures to calibrate on (got none)", "Name some.")
    yield from map(normaliser(rule), calibration)
