"""From bundles, originals and options to contenders: one for each number of threads and each stage, each with a name.

contenders(bundles, originals, request)
# keras (original), onnx int8, tflite int8; with --threads 1,2 "onnx int8, 1 thread" and so on
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from benchmarks.latency.contender import Contender, Stage
from models.bundle import Bundle
from models.errors import UserError
from models.processor import usable_cores
from models.runtimes import Device, limits_threads
from toolchain.benching.request import Request, settings_of


@dataclass(frozen=True)
class Variant:
    """One way in which everything is timed, and what it adds to a name."""

    threads: int | None
    stage: Stage
    suffix: str


def variants(request: Request) -> tuple[Variant, ...]:
    """Return every pair of threads and stage that was asked for; by default all cores, and the model only."""
    default = usable_cores() if request.device == "cpu" else None
    threads: tuple[int | None, ...] = tuple(dict.fromkeys(request.threads)) or (default,)
    stages: tuple[Stage, ...] = tuple(dict.fromkeys(request.stages)) or ("model",)
    found = []
    for count, stage in product(threads, stages):
        words = [f"{count} thread{'s' * (count != 1)}"] if count is not None and len(threads) > 1 else []
        words += [stage] if len(stages) > 1 else []
        found.append(Variant(count, stage, "".join(f", {word}" for word in words)))
    return tuple(found)


def of_bundles(bundles: Sequence[Bundle], request: Request) -> tuple[Contender, ...]:
    """Return the contenders of exported bundles."""
    names = bundle_names(bundles)
    settings = settings_of(request.settings)
    return tuple(
        Contender(
            name=name + variant.suffix,
            bundle=str(bundle.path.absolute()),
            device=request.device,
            threads=threads_of(bundle, variant, request),
            stage=variant.stage,
            settings=settings if bundle.manifest.format == "onnx" else {},
            environment=environment_of(bundle, request.device),
        )
        for variant in variants(request)
        for name, bundle in zip(names, bundles, strict=True)
    )


def of_original(original: Bundle, request: Request) -> tuple[Contender, ...]:
    """Return the contenders of the original, which all others are compared with; not at stage "resident"."""
    return tuple(
        Contender(
            name=f"{original.manifest.format} (original){variant.suffix}",
            bundle=str(original.path.absolute()),
            device=request.device,
            threads=threads_of(original, variant, request),
            stage=variant.stage,
            environment=environment_of(original, request.device),
            original=True,
        )
        for variant in variants(request)
        if variant.stage != "resident"
    )


def threads_of(bundle: Bundle, variant: Variant, request: Request) -> int | None:
    """Return how many threads a bundle is told; none where all cores are meant and its runtime takes no number."""
    if request.device == "cuda" and bundle.manifest.format == "keras":
        return None
    return variant.threads if request.threads or limits_threads(bundle.manifest.format) else None


def environment_of(bundle: Bundle, device: Device) -> dict[str, str]:
    """Return the variables that a bundle's process needs: Keras runs on JAX where a GPU is asked for."""
    if device == "cuda":
        backend = {"KERAS_BACKEND": "jax"} if bundle.manifest.format == "keras" else {}
        return {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", **backend}
    return {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}


def bundle_names(bundles: Sequence[Bundle]) -> tuple[str, ...]:
    """Return a name for each bundle: format and recipe where these tell them apart, else the folder's name too.

    Raises:
        UserError: the same folder twice.
    """
    paths = Counter(bundle.path.resolve() for bundle in bundles)
    for path, count in paths.items():
        if count > 1:
            raise UserError(path, "given twice", "Name every bundle once; A/A runs are benchmarks.figures.same_again.")
    return tuple(_told_apart(bundles))


def _told_apart(bundles: Sequence[Bundle]) -> Iterator[str]:
    short = [f"{bundle.manifest.format} {bundle.manifest.recipe}" for bundle in bundles]
    seen = Counter(short)
    folders = Counter(bundle.path.name for bundle in bundles)
    for name, bundle in zip(short, bundles, strict=True):
        if seen[name] == 1:
            yield name
        else:
            yield bundle.path.name if folders[bundle.path.name] == 1 else str(bundle.path)
