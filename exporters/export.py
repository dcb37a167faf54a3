"""One or more originals in, one bundle in another format out.

bundle = export([find_original("open_nsfw")], "onnx", "int8", Path("exports/mine"), ExportOptions(), print)
"""

import shutil
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from exporters.calibration.pictures import calibration_set, golden_pictures
from exporters.deploy import check_joinable, deploy_model, join
from exporters.formats import ExportOptions, Job, Progress, check_request
from exporters.onnx.resize import check_expressible
from exporters.quantization.prepare import prepare, weight_limit
from models.bundle import Bundle, check_target, seal, writing
from models.classifier import load_keras
from models.golden import GOLDEN_FILE, make_golden
from models.joined import join_specs, joined_parent
from models.runtimes.keras import predict_with

__all__ = ["ExportOptions", "export"]

_LEGAL = ("LICENSE*", "NOTICE*", "MODEL_CARD*")
_TOOLS = ("rct", "tensorflow", "keras", "tf2onnx", "onnx", "onnxruntime", "onnxruntime-gpu", "numpy")


def export(
    originals: Sequence[Bundle], format_name: str, recipe: str, target: Path, options: ExportOptions, progress: Progress
) -> Bundle:
    """Write the bundle of ``originals`` in format ``format_name`` and ``recipe`` at ``target``, whole or not at all.

    Several originals on one backbone become one graph with the categories of all.

    Args:
        originals: Keras bundles (models.classifier.find_original).
        format_name: a name in exporters.formats.
        recipe: one of the format's RECIPES.
        target: the folder to write; an existing bundle is replaced only with ``options.overwrite``.
        options: what else the user asked for.
        progress: told, in a few words, what is being done.

    Raises:
        UnknownName: no such format or recipe.
        UserError: options that the format does not have, or originals that do not fit together.
        BundleError: the target is taken.
        NetworkError: an original is not the network its spec says.
    """
    module = check_request(format_name, recipe, options)
    check_target(target, overwrite=options.overwrite)
    specs = [original.manifest.spec for original in originals]
    check_joinable(specs)
    spec = join_specs(specs, options.name)
    if options.resize_in_graph:
        check_expressible(spec.preprocessing)
    pictures = calibration_set(options.calibrate)
    if recipe in module.CALIBRATED and options.calibrate is not None:
        given, pictures = len(pictures.paths), pictures.readable(spec.preprocessing)
        if len(pictures.paths) < given:
            progress(f"calibrating on {len(pictures.paths)} of {given} pictures: the others cannot be read")

    progress(f"loading {', '.join(original.manifest.name for original in originals)}")
    models = [load_keras(original) for original in originals]
    network = join([deploy_model(model, spec) for model, spec in zip(models, specs, strict=True)])
    with writing(target, overwrite=options.overwrite) as folder:
        parent = joined_parent(originals)
        ranges: Mapping[str, tuple[float, float]] = {}
        calibration = None
        if recipe in module.CALIBRATED:
            limit = weight_limit(options.cpu)
            prepared = prepare(
                network,
                spec.preprocessing,
                pictures,
                progress,
                method=options.calibrator,
                rounding=options.rounding or "second-order",
                limit=limit,
            )
            network, ranges, calibration = prepared.network, prepared.ranges, prepared.calibration
        job = Job(recipe, spec, parent, folder, options, ranges, calibration, progress)
        written = module.write(network, job)
        progress("keeping the original's scores on the golden pictures")
        golden = make_golden(golden_pictures(), spec.preprocessing, predict_with(models, spec.preprocessing))
        golden.save(folder / GOLDEN_FILE)
        _copy_legal(originals, folder)
        seal(
            folder,
            name=f"{spec.name}-{format_name}-{recipe}",
            format=format_name,
            recipe=recipe,
            spec=spec,
            parent=parent,
            calibration=calibration,
            tools=_tool_versions(module.DISTRIBUTION),
            **vars(written),
        )
    return Bundle.open(target)


def _copy_legal(originals: Sequence[Bundle], folder: Path) -> None:
    """Take the originals' licences, notices and model cards along; those of several go into a folder each."""
    for original in originals:
        place = folder if len(originals) == 1 else folder / original.manifest.name
        for pattern in _LEGAL:
            for file in sorted(original.path.glob(pattern)):
                place.mkdir(exist_ok=True)
                shutil.copyfile(file, place / file.name)


def _tool_versions(distribution: str) -> dict[str, str]:
    found = {}
    for name in (*_TOOLS, distribution):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
