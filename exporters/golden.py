"""The golden vectors of an export: what its originals make of the golden pictures, and what it makes of them itself.

golden_vectors(loaded.models, about, folder, options, progress).save(folder / GOLDEN_FILE)
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from exporters.calibration.pictures import golden_pictures
from exporters.formats import ExportOptions, Progress
from exporters.quantization.prepare import overflows_here
from models.bundle import Bundle
from models.errors import UnavailableError
from models.golden import Golden, Pixels, make_golden
from models.manifest import Manifest
from models.runtimes import RuntimeOptions, limits_threads, load_runtime
from models.runtimes.keras import predict_with


def golden_vectors(
    models: Sequence[Any], about: Manifest, folder: Path, options: ExportOptions, progress: Progress
) -> Golden:
    """Return the golden vectors of the artefact in ``folder``.

    Its own scores are those of the runtime that runs its format here, on one thread. They are left out where that is
    not installed, and where int8 that is meant for another processor overflows on this one.

    Args:
        models: the ``keras.Model`` of each original.
        about: what the artefact's manifest is going to say; ``files`` may be empty.
        folder: where the artefact's files are.
        options: what the user asked for.
        progress: told, in a few words, what is being done.
    """
    rule = about.spec.preprocessing
    progress("keeping the original's scores on the golden pictures")
    golden = make_golden(golden_pictures(), rule, predict_with(models, rule))
    if about.calibration is not None and overflows_here(options.cpu):
        progress("not keeping its own golden scores: int8 overflows on this processor, and is meant for another")
        return golden
    progress("keeping its own scores on them")
    try:
        return replace(golden, bundle_scores=_scores(Bundle(folder, about), golden.resized))
    except UnavailableError as error:
        progress(f"not keeping its own golden scores: {error}")
        return golden


def _scores(bundle: Bundle, resized: Pixels) -> Any:
    threads = 1 if limits_threads(bundle.manifest.format) else None
    return load_runtime(bundle, RuntimeOptions(threads=threads))(resized)
