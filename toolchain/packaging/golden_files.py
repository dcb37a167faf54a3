"""The golden vectors as plain files, for a client in a language that has no NumPy: pictures, PPM and one JSON.

golden.json, version 1; paths are relative to it:

    {"schema_version": "rct.golden/1",
     "categories": ["adult", …],
     "tolerance": {"decoded": 4, "resized": 1, "bundle_score": 1e-05, "resized_score": 1e-05, "file_score": 0.00101},
     "pictures": [{"file": "0.jpg", "decoded": "0.decoded.ppm", "resized": "0.resized.ppm",
                   "scores": [0.25, …], "bundle_scores": [0.25, …]}, …]}

``bundle_score`` and ``bundle_scores`` are there if the bundle has its own scores.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from toolchain.packaging.content import Content

GOLDEN_JSON = "golden.json"
GOLDEN_VERSION = "rct.golden/1"
_SUFFIXES = {"JPEG": "jpg"}


def golden_files(content: Content) -> Mapping[str, bytes]:
    """Return the files of the folder ``golden`` by their name.

    A picture's own bytes are kept, under the suffix of what it is. Pixels are binary PPM (P6, 8 bit, RGB, rows from the
    top). ``scores`` are the Keras original's, ``bundle_scores`` the bundle's own: float32 values, written as the
    shortest decimal that reads back as their double.
    """
    golden, files = content.golden, {}
    pictures: list[dict[str, object]] = []
    for index, encoded in enumerate(golden.encoded):
        names = {
            "file": f"{index}.{_suffix(encoded)}",
            "decoded": f"{index}.decoded.ppm",
            "resized": f"{index}.resized.ppm",
        }
        files[names["file"]] = encoded
        files[names["decoded"]] = ppm(golden.decoded[index])
        files[names["resized"]] = ppm(golden.resized[index])
        pictures.append({**names, "scores": golden.scores[index].tolist()})
        if golden.bundle_scores is not None:
            pictures[-1]["bundle_scores"] = golden.bundle_scores[index].tolist()
    document = {
        "schema_version": GOLDEN_VERSION,
        "categories": list(content.spec.labels),
        "tolerance": {stage: most for stage, most in asdict(content.tolerance).items() if most is not None},
        "pictures": pictures,
    }
    files[GOLDEN_JSON] = (json.dumps(document, indent=2, allow_nan=False) + "\n").encode()
    return files


def ppm(pixels: NDArray[np.uint8]) -> bytes:
    """Return uint8 [height, width, 3] RGB as a binary PPM."""
    height, width = pixels.shape[:2]
    return f"P6\n{width} {height}\n255\n".encode() + np.ascontiguousarray(pixels).tobytes()


def _suffix(encoded: bytes) -> str:
    try:
        with Image.open(BytesIO(encoded)) as picture:
            kind = picture.format or "bin"
    except Exception:  # noqa: BLE001  Pillow's errors have no common type, and the picture may be anybody's
        kind = "bin"
    return _SUFFIXES.get(kind, kind.lower())
