"""A bundle's golden vectors run again on this machine, stage by stage."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.tolerance import tolerance_for
from models.errors import BundleError
from models.golden import Golden
from models.manifest import Manifest
from models.preprocessing import decode, resize
from models.runtimes import Predict
from toolchain.verification.own_scores import own_score_limit
from toolchain.verification.report import NOT_NUMBERS, GoldenCheck


def check_golden(golden: Golden, manifest: Manifest, predict: Predict) -> GoldenCheck:
    """Decode and resize the golden pictures and score their stored pixels, and compare with what is stored.

    Raises:
        BundleError: the vectors do not fit the manifest.
    """
    rule = manifest.spec.preprocessing
    expected = (len(golden.encoded), rule.height, rule.width, 3), (len(golden.encoded), len(manifest.spec.labels))
    if (golden.resized.shape, golden.scores.shape) != expected or not golden.encoded:
        problem = f"golden vectors do not fit its manifest (got {golden.resized.shape} and {golden.scores.shape})"
        raise BundleError(manifest.name, problem, "Export it again.")
    decoded = [decode(content, rule) for content in golden.encoded]
    resized = np.stack([resize(pixels, rule) for pixels in golden.decoded])
    limit, own = tolerance_for(manifest.recipe).max_abs_score, golden.bundle_scores
    scores = predict(golden.resized)
    return GoldenCheck(
        pictures=len(golden.encoded),
        decoded=max(_steps(ours, theirs) for ours, theirs in zip(decoded, golden.decoded, strict=True)),
        resized=_steps(resized, golden.resized),
        scores=_off(scores, golden.scores, manifest),
        limit=limit,
        bundle_scores=None if own is None else _off(scores, own, manifest),
        bundle_limit=None if own is None else own_score_limit(manifest.recipe),
    )


def _off(ours: NDArray[np.float32], theirs: NDArray[np.float32], manifest: Manifest) -> float:
    """Return the largest difference of scores; one that is not a number is off by all there is."""
    if ours.shape != theirs.shape:
        problem = f"its model does not have a score for each category (got {list(ours.shape)})"
        raise BundleError(manifest.name, problem, "Export it again.")
    return float(np.nan_to_num(np.abs(ours - theirs), nan=NOT_NUMBERS, posinf=NOT_NUMBERS).max())


def _steps(ours: NDArray[np.uint8], theirs: NDArray[np.uint8]) -> int:
    """Return the largest difference in steps of 0 to 255; all of them where the sizes differ."""
    return 255 if ours.shape != theirs.shape else int(np.abs(ours.astype(np.int16) - theirs).max())
