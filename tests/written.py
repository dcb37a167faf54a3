"""A bundle on the tiny backbone in any format, by the format alone: no golden pictures, no search for originals."""

from pathlib import Path

from exporters.deploy import deploy
from exporters.formats import ExportOptions, Job, load_format
from models.bundle import Bundle, seal, writing
from models.classifier import load_keras
from models.joined import join_specs, joined_parent
from models.runtimes.keras import predict_with

SILENT = lambda _: None  # noqa: E731


def write_bundle(originals, format_name, recipe, target, prepared=None, network=None, **options):
    """Write an original, or several as one, in a format; ``prepared`` is what calibrated recipes are written from."""
    originals = originals if isinstance(originals, tuple) else (originals,)
    spec = join_specs([original.manifest.spec for original in originals])
    parent = joined_parent(originals)
    module = load_format(format_name)
    ranges, calibration = {}, None
    if recipe in module.CALIBRATED:
        network, ranges, calibration = prepared.network, prepared.ranges, prepared.calibration
    with writing(Path(target)) as folder:
        job = Job(recipe, spec, parent, folder, ExportOptions(**options), ranges, calibration, SILENT)
        written = module.write(network or deploy(originals), job)
        seal(
            folder, name=spec.name, format=format_name, recipe=recipe, spec=spec, parent=parent,
            calibration=calibration, **vars(written),
        )  # fmt: skip
    return Bundle.open(Path(target))


def keras_scores(original, pictures):
    """The original's scores, by Keras."""
    return predict_with([load_keras(original)], original.manifest.spec.preprocessing)(pictures)
