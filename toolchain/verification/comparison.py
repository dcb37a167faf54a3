"""A bundle beside its original on real pictures: the run and the judgement, from files to a report.

comparison = compare(bundle, originals, find_examples(None, labels), RuntimeOptions(), progress, warn)
comparison.report.passed
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.parity import ParityReport, judge, observe, tolerance_for
from models.bundle import Bundle
from models.joined import joined_parent
from models.pictures import read_batches
from models.preprocessing import Preprocessing
from models.runtimes import Predict, RuntimeOptions, load_runtime
from toolchain.output import Progress
from toolchain.tensorflow_noise import quiet_keras
from toolchain.verification.examples import Examples

_BATCH = 16
_COMPARING = "comparing scores, picture by picture"
Warn = Callable[[str], None]


@dataclass(frozen=True)
class Comparison:
    """The report, and how many pictures could not be read."""

    report: ParityReport
    unreadable: int


def compare(
    bundle: Bundle,
    originals: Sequence[Bundle],
    examples: Examples,
    progress: Progress,
    warn: Warn,
    *,
    options: RuntimeOptions | None = None,
    runtime: str | None = None,
) -> Comparison:
    """Run ``bundle`` (with ``options``, in ``runtime``) and its originals (their own way) on the examples, and judge.

    Each decides by its own thresholds.

    A picture that cannot be read is warned of and counted; the others go on.

    Raises:
        UserError: none of the pictures can be read.
        UnknownName: there is no tolerance for the bundle's recipe.
    """
    spec, recipe = bundle.manifest.spec, bundle.manifest.recipe
    tolerance = tolerance_for(recipe)
    progress(f"loading {bundle.manifest.name}")
    candidate = load_runtime(bundle, options, runtime)
    progress(f"loading the original, {joined_parent(originals).name}")
    if any(original.manifest.format == "keras" for original in originals):
        quiet_keras()
    original = together(originals, spec.labels)

    reading = Reading(examples, spec.preprocessing, progress, warn)
    observed = observe(original, candidate, reading.batches())
    names = tuple(examples.name(path) for path in reading.paths)
    observed = replace(observed, ids=names, truth=examples.truth(reading.paths))
    progress("judging")
    about = {
        "bundle": bundle.manifest.name,
        "bundle_sha256": bundle.manifest.sha256,
        "original": joined_parent(originals).name,
        "original_sha256": joined_parent(originals).sha256,
        "recipe": recipe,
    }
    theirs = {label: rule for one in originals for label, rule in one.manifest.spec.thresholds.items()}
    return Comparison(judge(observed, spec, tolerance, original=theirs, about=about), reading.unreadable)


@dataclass
class Reading:
    """The examples on their way through: which were read so far, and how many could not be."""

    examples: Examples
    rule: Preprocessing
    progress: Progress
    warn: Warn
    paths: list[Path] = field(default_factory=list)
    unreadable: int = 0

    def batches(self) -> Iterator[NDArray[np.uint8]]:
        """Yield what can be read, uint8 [n, height, width, 3]; warn of and count what cannot."""
        total = len(self.examples.paths)
        for batch in read_batches(self.examples.paths, self.rule, _BATCH):
            for _, error in batch.failures:
                self.warn(str(error))
            self.progress(_COMPARING, done=len(self.paths) + self.unreadable, total=total)
            self.unreadable += len(batch.failures)
            self.paths.extend(batch.paths)
            if batch.paths:
                yield batch.pixels


def together(originals: Sequence[Bundle], labels: Sequence[str]) -> Predict:
    """Return one predict that gives the scores of all ``originals``, in the order of ``labels``.

    Raises:
        BundleError: no runtime runs one of them.
        UnavailableError: a runtime's package is not there.
    """
    parts = [load_runtime(original) for original in originals]
    theirs = [label for original in originals for label in original.manifest.spec.labels]
    order = [theirs.index(label) for label in labels]

    def predict(batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        return np.concatenate([part(batch) for part in parts], axis=1)[:, order]

    return predict
