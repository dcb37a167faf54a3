"""What is known of a picture without looking at what it shows, as numbers by family.

    families(material)["edge"]           # float32 [pictures, 12]

If a label can be told from these, a classifier can learn them instead of the category.
"""

from collections import Counter
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from toolchain.data.audit.material import Material
from toolchain.data.collection import host

_MOST_HOSTS = 30


def families(material: Material) -> dict[str, NDArray[np.float32]]:
    """Return float32 [pictures, numbers] by family, without families that are the same for every picture.

    "size" (width, height, logarithms of aspect and area), "bytes" (logarithm of the file's size, and of that per
    pixel), "format", "jpeg tables", "edge", and "host" (one number for each of the thirty most frequent).
    """
    rows = material.rows
    width, height = np.maximum(1, rows["width"]).astype(np.float64), np.maximum(1, rows["height"]).astype(np.float64)
    size = np.maximum(1, rows["bytes"]).astype(np.float64)
    found = {
        "size": np.stack([width, height, np.log(width / height), np.log(width * height)], 1),
        "bytes": np.stack([np.log(size), np.log(size / (width * height))], 1),
        "format": _one_hot(_formats(material)),
        "jpeg tables": rows["jpeg"],
        "edge": rows["edges"],
        "host": _one_hot([host(entry) for entry in material.entries]),
    }
    return {
        name: values.astype(np.float32) for name, values in found.items() if len(values) and np.ptp(values, 0).any()
    }


def _formats(material: Material) -> list[str]:
    """Return format and ending, which together tell how a file was written and named."""
    formats = material.rows["format"].astype(str)
    return [f"{form} {PurePosixPath(name).suffix}" for form, name in zip(formats.tolist(), material.names, strict=True)]


def _one_hot(names: list[str]) -> NDArray[np.float64]:
    frequent = [name for name, _ in sorted(Counter(names).items(), key=lambda one: (-one[1], one[0]))[:_MOST_HOSTS]]
    return np.array([[name == one for one in frequent] for name in names], np.float64)
