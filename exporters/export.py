"""One or more originals in, one bundle in another format out.

bundle = export([find_original("open_nsfw")], "onnx", "int8", Path("exports/mine"), ExportOptions(), print)
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from exporters.calibration.pictures import calibration_set
from exporters.deploy import check_joinable, deploy_model, join
from exporters.formats import ExportOptions, Job, Progress, check_request
from exporters.golden import golden_vectors
from exporters.onnx.resize import check_expressible
from exporters.quantization.float_layers import expand, float_nodes
from exporters.quantization.prepare import Prepared, in_float, prepare, weight_limit
from exporters.refitted import write_refitted
from models.bundle import Bundle, check_target, seal, writing
from models.classifier import load_keras
from models.errors import UserError
from models.golden import GOLDEN_FILE
from models.joined import join_specs, joined_parent
from models.manifest import Manifest
from models.resnet50 import InferenceNetwork
from models.spec import ClassifierSpec

__all__ = ["Calibrate", "ExportOptions", "Loaded", "calibrate", "calibrate_once", "export", "load", "write"]

_LEGAL = ("LICENSE*", "NOTICE*", "MODEL_CARD*")
_TOOLS = ("rct", "tensorflow", "keras", "tf2onnx", "onnx", "onnxruntime", "onnxruntime-gpu", "numpy")


def export(
    originals: Sequence[Bundle],
    format_name: str,
    recipe: str,
    target: Path,
    options: ExportOptions,
    progress: Progress,
    calibrating: "Calibrate | None" = None,
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
        calibrating: ``calibrate``, or what stands in for it (``calibrate_once``).

    Raises:
        UnknownName: no such format or recipe.
        UserError: options that the format does not have, or originals that do not fit together.
        BundleError: the target is taken.
        NetworkError: an original is not the network its spec says.
    """
    module = check_request(format_name, recipe, options)
    if options.float_layers and recipe not in module.CALIBRATED:
        raise UserError("--float-layers", f"{recipe} is in float throughout", "Take --quantize int8, or leave it out.")
    check_target(target, overwrite=options.overwrite)
    loaded = load(originals, options, progress)
    prepared = (calibrating or calibrate)(loaded, options, progress) if recipe in module.CALIBRATED else None
    return write(loaded, prepared, format_name, recipe, target, options, progress)


@dataclass(frozen=True)
class Loaded:
    """Originals in memory: their ``keras.Model``, and what becomes of them. ``network`` is in float32."""

    originals: tuple[Bundle, ...]
    models: tuple[Any, ...]
    spec: ClassifierSpec
    network: InferenceNetwork


def load(originals: Sequence[Bundle], options: ExportOptions, progress: Progress) -> Loaded:
    """Load ``originals`` and make their inference network; raises as ``export`` does."""
    specs = [original.manifest.spec for original in originals]
    check_joinable(specs)
    spec = join_specs(specs, options.name)
    if options.resize_in_graph:
        check_expressible(spec.preprocessing)
    calibration_set(options.calibrate)
    progress(f"loading {', '.join(original.manifest.name for original in originals)}")
    models = tuple(load_keras(original) for original in originals)
    network = join([deploy_model(model, spec) for model, spec in zip(models, specs, strict=True)])
    expand(options.float_layers, network)  # a name that stands for nothing is refused before minutes of calibration
    return Loaded(tuple(originals), models, spec, network)


def calibrate(loaded: Loaded, options: ExportOptions, progress: Progress) -> Prepared:
    """Measure and round what a calibrated recipe needs, for whichever format.

    Raises:
        UserError: too few pictures can be read.
    """
    rule, pictures = loaded.spec.preprocessing, calibration_set(options.calibrate)
    if options.calibrate is not None:
        given, pictures = len(pictures.paths), pictures.readable(rule)
        if len(pictures.paths) < given:
            progress(f"calibrating on {len(pictures.paths)} of {given} pictures: the others cannot be read")
    return prepare(
        loaded.network,
        rule,
        pictures,
        progress,
        method=options.calibrator,
        rounding=options.rounding or "second-order",
        limit=weight_limit(options.cpu),
    )


Calibrate = Callable[[Loaded, ExportOptions, Progress], Prepared]


def calibrate_once() -> Calibrate:
    """Return a ``calibrate`` for several exports of the same originals: the same options are measured once."""
    known: dict[tuple[object, ...], Prepared] = {}

    def calibrate_unless_known(loaded: Loaded, options: ExportOptions, progress: Progress) -> Prepared:
        asked = (options.calibrate, options.calibrator, options.rounding, weight_limit(options.cpu))
        if asked not in known:
            known[asked] = calibrate(loaded, options, progress)
        return known[asked]

    return calibrate_unless_known


def write(
    loaded: Loaded,
    prepared: Prepared | None,
    format_name: str,
    recipe: str,
    target: Path,
    options: ExportOptions,
    progress: Progress,
) -> Bundle:
    """Write one bundle of what was loaded, and calibrated if the recipe asks for it; raises as ``export`` does."""
    module = check_request(format_name, recipe, options)
    spec, parent = loaded.spec, joined_parent(loaded.originals)
    job_of = partial(Job, recipe=recipe, spec=spec, parent=parent, options=options, progress=progress)
    with writing(target, overwrite=options.overwrite) as folder:
        if prepared is None:
            job = job_of(folder=folder, ranges={}, calibration=None)
            written, refit = module.write(loaded.network, job), None
        else:
            kept = expand(options.float_layers, prepared.network)
            network = in_float(prepared, kept)
            nodes = float_nodes(network, kept)
            job = job_of(folder=folder, ranges=prepared.ranges, calibration=prepared.calibration, float_nodes=nodes)
            written, spec, refit = write_refitted(module, format_name, network, job, prepared)
        fields: dict[str, Any] = {
            "name": f"{spec.name}-{format_name}-{recipe}",
            "format": format_name,
            "recipe": recipe,
            "spec": spec,
            "parent": parent,
            "calibration": None if prepared is None else prepared.calibration,
            "refit": refit,
            "tools": _tool_versions(module.DISTRIBUTION),
            **vars(written),
        }
        if options.float_layers:
            fields["details"] = {**written.details, "float_layers": list(kept)}
        about = Manifest(files={}, **fields)
        golden_vectors(loaded.models, about, folder, options, progress).save(folder / GOLDEN_FILE)
        _copy_legal(loaded.originals, folder)
        seal(folder, **fields)
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
