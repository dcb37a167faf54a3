"""How a JPEG was written, in six numbers: which program and which quality, whatever the picture shows."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import JpegImagePlugin

JPEG_TABLES = ("luma sum", "luma first", "chroma sum", "tables", "subsampling", "progressive")
"""The numbers' names: of the quantization tables, of how colour is sampled, and of the order of the scans."""


def read_jpeg_tables(path: Path) -> NDArray[np.float32]:
    """Return float32 [6] of the JPEG at ``path``; what its header does not say, and another format's, is -1."""
    numbers = np.full(len(JPEG_TABLES), -1, np.float32)
    try:
        with path.open("rb") as file, JpegImagePlugin.JpegImageFile(file) as picture:
            tables = picture.quantization
            first, *others = [tables[key] for key in sorted(tables)] or [[]]
            numbers[0], numbers[3], numbers[5] = sum(first), len(tables), "progressive" in picture.info
            numbers[1] = first[0] if first else -1
            numbers[2] = sum(others[0]) if others else 0
            numbers[4] = JpegImagePlugin.get_sampling(picture)
    except Exception:  # noqa: BLE001  decoders fed hostile bytes fail in every way there is
        return numbers
    return numbers
