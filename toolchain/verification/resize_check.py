"""A bundle that resizes by itself, on whole pictures and on those that were resized before it."""

from dataclasses import replace

import numpy as np

from benchmarks.tolerance import tolerance_for
from models.bundle import Bundle
from models.errors import UserError
from models.pictures import read_whole
from models.preprocessing import resize
from models.runtimes import RuntimeOptions, load_runtime
from toolchain.output import Progress
from toolchain.verification.examples import Examples
from toolchain.verification.report import ResizeCheck


def check_resize(
    bundle: Bundle, examples: Examples, options: RuntimeOptions, runtime: str | None, progress: Progress
) -> ResizeCheck:
    """Score every example twice in the same model, whole and resized before it; pass over those that cannot be read.

    Raises:
        BundleError: the bundle does not resize.
        UserError: none of the examples can be read.
    """
    rule = bundle.manifest.spec.preprocessing
    whole = load_runtime(bundle, replace(options, whole=True), runtime)
    resized = load_runtime(bundle, options, runtime)
    differences = []
    for done, batch in enumerate(read_whole(examples.paths, rule)):
        progress("comparing the model's own resizing", done=done, total=len(examples.paths))
        if batch.paths:
            before = resize(batch.pixels[0], rule)
            differences.append(np.abs(whole(batch.pixels) - resized(before[None])).max())
    if not differences:
        raise UserError("pictures", f"none could be read (got {len(examples.paths)} bad ones)", "Name others.")
    return ResizeCheck(
        pictures=len(differences),
        scores=float(np.max(differences)),
        mean_scores=float(np.mean(differences)),
        limit=tolerance_for(bundle.manifest.recipe).max_abs_resize,
    )
