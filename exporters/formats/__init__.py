"""The formats: one module each, found by its file name, loaded when it is asked for.

A format module has these names, and imports what it writes with only inside ``write``:

    RECIPES: tuple[str, ...]                     what --quantize takes; the first is the default
    CALIBRATED: frozenset[str]                   those of them that need activation ranges (Job.ranges)
    NEVER_FLOAT: frozenset[str]                  convolutions that those cannot leave in float
    OPTIONS: frozenset[str]                      the fields of ExportOptions that it heeds
    DISTRIBUTION: str                            the package on PyPI that it needs
    check(options)                               raises UserError for values of them that cannot be
    write(network, job) -> Written               the model file(s), in job.folder
"""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, Protocol, cast

from models.errors import UnavailableError, UnknownName, UserError
from models.manifest import Calibration, Parent, Tensor
from models.resnet50 import InferenceNetwork
from models.spec import ClassifierSpec

Processor = Literal["vnni", "avx2", "arm"]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class ExportOptions:
    """What a user may ask of an export; None is the format's own default.

    ``batch``: pictures per run, None for any number. ``calibrate``: a folder of pictures to measure activations on,
    None for those that we ship. ``calibrator``: a name in exporters.calibration. ``cpu``: the processor that int8
    is meant for. ``rounding``: how int8 weights come onto their grids. ``resize_in_graph``: the model resizes, and
    takes pictures of any size. ``float_layers``: convolutions, blocks or stages that int8 leaves in float32.
    ``name``: of the bundle.
    """

    overwrite: bool = False
    name: str | None = None
    batch: int | None = None
    opset: int | None = None
    ir_version: int | None = None
    calibrate: Path | None = None
    calibrator: str | None = None
    cpu: Processor | None = None
    rounding: Literal["second-order", "nearest"] | None = None
    resize_in_graph: bool = False
    float_layers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """One model to write: the recipe, what goes into its metadata, and where it goes.

    ``ranges``: for a calibrated recipe, the lowest and highest value of every activation, by the name of the Keras
    layer of the inference form whose output it is; empty for the others. ``calibration`` says what they were measured
    on, None for the others. ``float_nodes``: layers of the inference form that a calibrated recipe leaves in float32.
    """

    recipe: str
    spec: ClassifierSpec
    parent: Parent
    folder: Path
    options: ExportOptions
    ranges: Mapping[str, tuple[float, float]]
    calibration: Calibration | None
    progress: Progress
    float_nodes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Written:
    """What a format says of the model it wrote; see Manifest for the fields."""

    model: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    minimum_runtime: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, int | float | str | bool | list[str]] = field(default_factory=dict)


class Format(Protocol):
    """What a module in this folder looks like from outside."""

    RECIPES: tuple[str, ...]
    CALIBRATED: frozenset[str]
    NEVER_FLOAT: frozenset[str]
    OPTIONS: frozenset[str]
    DISTRIBUTION: str

    def check(self, options: ExportOptions) -> None: ...  # noqa: D102

    def write(self, network: InferenceNetwork, job: Job) -> Written: ...  # noqa: D102


def format_names() -> tuple[str, ...]:
    """Return the names of every format module, without importing any."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__))


def load_format(name: str) -> Format:
    """Return the format module of this name.

    Raises:
        UnknownName: there is none.
    """
    if name not in format_names():
        raise UnknownName("format", name, format_names())
    return cast(Format, import_module(f"{__name__}.{name}"))


def check_request(name: str, recipe: str, options: ExportOptions) -> Format:
    """Return the format, after making sure that it knows the recipe and heeds every option that was set.

    Raises:
        UnknownName: no such format, or no such recipe of it.
        UserError: an option was given that this format has no use for.
        UnavailableError: the package that writes it is not installed.
    """
    module = load_format(name)
    if recipe not in module.RECIPES:
        raise UnknownName(f"recipe of {name}", recipe, module.RECIPES)
    for option in fields(ExportOptions):
        given = getattr(options, option.name) not in (None, False, ())
        if given and option.name not in module.OPTIONS | {"overwrite", "name"}:
            flag = "target-cpu" if option.name == "cpu" else option.name.replace("_", "-")
            raise UserError(f"--{flag}", f"{name} has no such option", "Leave it out.")
    module.check(options)
    try:
        version(module.DISTRIBUTION)
    except PackageNotFoundError as error:
        raise UnavailableError(
            f"format {name}", f"{module.DISTRIBUTION} is not installed", f"pip install {module.DISTRIBUTION}."
        ) from error
    return module
