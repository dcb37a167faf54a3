"""A calibrated artefact, written, asked in its own runtime, and written again where its scores want correcting.

written, spec, found = write_refitted(module, network, job, prepared)
"""

import shutil
from dataclasses import replace

from exporters.formats import Format, Job, Written
from exporters.quantization.prepare import Prepared, overflows_here
from exporters.quantization.refit import fold, refit, with_thresholds
from models.bundle import Bundle
from models.manifest import Manifest, Refit
from models.resnet50 import InferenceNetwork
from models.runtimes import load_runtime
from models.spec import ClassifierSpec


def write_refitted(
    module: Format, format_name: str, network: InferenceNetwork, job: Job, prepared: Prepared
) -> tuple[Written, ClassifierSpec, Refit | None]:
    """Write the artefact in ``job.folder``, which holds nothing else; return it, its own spec, and what was refitted.

    Nothing is refitted with nearest rounding, nor on a processor that overflows in what is written for another one.

    Raises:
        UnavailableError: the package that runs the format is not installed.
    """
    written = module.write(network, job)
    if prepared.reference is None:
        return written, job.spec, None
    if overflows_here(job.options.cpu):
        job.progress("not refitting scores: int8 overflows on this processor, and is meant for another")
        return written, job.spec, None
    job.progress(f"refitting scores and thresholds on {prepared.calibration.pictures} pictures")
    about = Manifest(
        name=job.spec.name, format=format_name, recipe=job.recipe, spec=job.spec, files={}, **vars(written)
    )
    candidate = load_runtime(Bundle(job.folder, about))
    found = refit(candidate, prepared.reference, job.spec, prepared.calibration)
    spec = with_thresholds(job.spec, found)
    if spec == job.spec and not found.moves_scores:
        return written, spec, found
    del candidate  # it may hold the files open
    _empty(job)
    return module.write(fold(network, found), replace(job, spec=spec)), spec, found


def _empty(job: Job) -> None:
    shutil.rmtree(job.folder)
    job.folder.mkdir()
