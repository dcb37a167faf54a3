"""Pictures as a model file takes them, whoever wrote it.

Only the time of what is run matters here, and it does not depend on the values: a peer's normalisation is left out.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike, NDArray


def fit(batch: NDArray[np.uint8], shape: Sequence[int | None], dtype: DTypeLike) -> NDArray[np.generic]:
    """Return pictures, uint8 [n, height, width, 3], as an input of this shape (None is free) and dtype.

    Channels go first where the input has them first; where the number of pictures is fixed, they are repeated or cut.
    """
    pictures = batch
    if len(shape) == 4 and shape[1] == 3 and shape[3] != 3:
        pictures = pictures.transpose(0, 3, 1, 2)
    if shape and shape[0] not in (None, len(pictures)):
        pictures = np.resize(pictures, (shape[0], *pictures.shape[1:]))
    return np.ascontiguousarray(pictures.astype(dtype))
