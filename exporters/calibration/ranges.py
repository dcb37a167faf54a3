"""What every calibrator does, and the checks that they share."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.errors import UserError


class Calibrator(Protocol):
    """Watches activations go by, keeps a summary of bounded size, and says which range to quantize."""

    def observe(self, name: str, values: NDArray[np.float32]) -> None:
        """Take ``values`` of the tensor ``name`` into account: any shape, any number of times.

        Raises:
            UserError: some value is infinite or not a number.
        """

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return (low, high) per tensor, low <= 0 <= high: zero can always be represented.

        Both are 0 for a tensor that was 0 everywhere.
        """


def extremes(name: str, values: NDArray[np.float32]) -> tuple[float, float]:
    """Return the least and the greatest of ``values`` and 0.

    Raises:
        UserError: some value is infinite or not a number.
    """
    low, high = float(values.min(initial=0)), float(values.max(initial=0))
    if not (np.isfinite(low) and np.isfinite(high)):
        raise UserError(f"activation {name}", "infinite or not a number", "The network itself is damaged.")
    return low, high
