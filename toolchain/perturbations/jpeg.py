"""Saved again as a JPEG, chroma halved, as nearly every server does with what is uploaded."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SUMMARY = "saved again as a JPEG of this quality (libjpeg's scale, 4:2:0)"
LEVELS = {"q90": 90, "q70": 70, "q50": 50, "q30": 30, "q10": 10}
_LONGEST = 65_500


def apply(picture: NDArray[np.uint8], level: str, rng: np.random.Generator) -> NDArray[np.uint8]:  # noqa: ARG001
    """Encode and decode; nothing is drawn. A side of more than 65,500 pixels is reduced to what a JPEG can have."""
    stream = BytesIO()
    image = Image.fromarray(picture)
    image.thumbnail((_LONGEST, _LONGEST))
    image.save(stream, "JPEG", quality=LEVELS[level], subsampling="4:2:0")
    with Image.open(stream) as decoded:
        return np.array(decoded, np.uint8)
