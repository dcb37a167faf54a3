"""The runtime that runs nothing: a linear rule on a picture's mean colour.

It answers in microseconds, the same on every machine, and so it drives the tests of whatever stands on a runtime,
and measures what a harness costs by itself.

    bundle = write_null(Path("exports/tiny"), spec, weights=[[1.0, 0.0, 0.0]])   # score = mean red / 255
    load_runtime(bundle)(batch)

A null bundle's model file is JSON: ``{"weights": [[red, green, blue], ...], "bias": [...]}``, one row and one number
per category, on a mean colour in [0, 1].
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle, seal, writing
from models.errors import BundleError, UnavailableError
from models.manifest import Tensor
from models.runtimes import Predict, RuntimeOptions
from models.spec import ClassifierSpec

FORMATS = ("null",)
DISTRIBUTION = ""

_MODEL = "model.json"


def load(bundle: Bundle, options: RuntimeOptions) -> Predict:
    """Return the rule of ``bundle``, ``clip(mean colour / 255 @ weights.T + bias, 0, 1)``.

    Raises:
        UnavailableError: a device other than the processor was asked for.
        BundleError: the model file is not a rule for these categories.
    """
    if options.device != "cpu":
        raise UnavailableError("null runtime", f"runs on the processor only (got {options.device})", "Ask for cpu.")
    categories = len(bundle.manifest.spec.categories)
    try:
        rule = json.loads(bundle.model.read_text("utf-8"))
        weights = np.asarray(rule["weights"], np.float32).reshape(categories, 3)
        bias = np.asarray(rule["bias"], np.float32).reshape(categories)
    except (ValueError, KeyError, TypeError) as error:
        raise BundleError(bundle.model, f"not a null model ({error})", "Write it with write_null.") from error

    def predict(batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        colour = batch.mean(axis=(1, 2), dtype=np.float32) / np.float32(255)
        return np.asarray(np.clip(colour @ weights.T + bias, 0.0, 1.0), np.float32)

    return predict


def write_null(
    target: Path,
    spec: ClassifierSpec,
    *,
    weights: Sequence[Sequence[float]] | None = None,
    bias: Sequence[float] | None = None,
    overwrite: bool = False,
    any_size: bool = False,
    **fields: Any,
) -> Bundle:
    """Write a null bundle for ``spec``; ``fields`` are further ones of ``Manifest``, such as ``parent``.

    Without ``weights`` category ``i`` scores channel ``i % 3``. With ``any_size`` it takes whole pictures.

    Raises:
        BundleError: the target exists and ``overwrite`` is off.
    """
    categories = len(spec.categories)
    rule = {
        "weights": weights or [[float(channel == row % 3) for channel in range(3)] for row in range(categories)],
        "bias": bias or [0.0] * categories,
    }
    size = spec.preprocessing
    height, width = (None, None) if any_size else (size.height, size.width)
    picture = Tensor(name="picture", dtype="uint8", shape=(None, height, width, 3))
    scores = Tensor(name="scores", dtype="float32", shape=(None, categories))
    described: dict[str, Any] = {"name": spec.name, "recipe": "fp32", **fields}
    with writing(target, overwrite=overwrite) as folder:
        (folder / _MODEL).write_text(json.dumps(rule), "utf-8")
        seal(folder, format="null", spec=spec, model=_MODEL, inputs=(picture,), outputs=(scores,), **described)
    return Bundle.open(target)
