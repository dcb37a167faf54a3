"""How a bundle is run: one module per runtime, found by its file name, loaded when it is asked for.

A runtime module has three names, and imports what it drives only inside ``load``:

    FORMATS: tuple[str, ...]                    the bundle formats that it runs
    DISTRIBUTION: str                           the package on PyPI that brings it ("" for none)
    load(bundle, options) -> Predict            raises UnavailableError, BundleError

One that has settings of its own, ``RuntimeOptions.settings``, has a fourth:

    SETTINGS: Mapping[str, str]                 what each does, by name; the values are "0" and "1"

and one that takes its threads from the process, and cannot be told a number of them:

    LIMITS_THREADS = False

    predict = load_runtime(Bundle.open(path), RuntimeOptions(device="cuda"))
    scores = predict(batch)                     # uint8 [n, height, width, 3] RGB in, float32 [n, categories] out

Pictures are resized to the network's size before they go in, whatever the bundle. One that resizes by itself takes them
as they were decoded too, with ``RuntimeOptions(whole=True)``.

Quantized inputs and outputs, layouts and device copies are the runtime's own secret.
"""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Literal, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.errors import BundleError, UnknownName, UserError
from models.picture_sizes import as_input, check_resized, check_whole, takes_any_size

Device = Literal["cpu", "cuda"]
Hint = Literal["latency", "throughput"]


class Predict(Protocol):
    """Scores of a batch: uint8 [n, height, width, 3] RGB in, float32 [n, categories] in [0, 1] out.

    That of ``load_runtime`` raises UserError for pictures of another size than it takes, or of several sizes.
    """

    def __call__(self, batch: NDArray[np.uint8], /) -> NDArray[np.float32]: ...  # noqa: D102


@dataclass(frozen=True)
class Running:
    """A ``Predict`` that says what runs it, where a runtime knows.

    ``provider``: in the runtime's own words. ``nodes_elsewhere``: how many nodes of the graph it left to another one,
    None where that cannot be asked.
    """

    predict: Predict
    provider: str
    nodes_elsewhere: int | None = None

    def __call__(self, batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        """Return the scores of a batch."""
        return self.predict(batch)


@dataclass(frozen=True)
class RuntimeOptions:
    """What can be asked of any runtime; one that cannot give it says so instead of giving something else.

    ``threads``: intra-op threads of a run, None for the runtime's own choice. ``runs``: from how many threads of the
    caller's at once it will be run, each run with ``threads`` of its own (ONNX Runtime has one pool for all of them
    from two threads on). ``graph_optimization``: "all" or "none". ``hint``: what matters where a runtime can choose,
    the time until one batch is answered ("latency") or the pictures per second of large batches ("throughput"); a
    runtime that has no such choice does the same for both. ``whole``: pictures come as they were decoded, those of a
    batch of one size, and the bundle resizes them. ``settings``: what only one runtime has, "0" or "1" by name, as
    ``settings_of`` lists them; one left out is the runtime's own choice.
    """

    device: Device = "cpu"
    threads: int | None = None
    runs: int = 1
    graph_optimization: Literal["all", "none"] = "all"
    hint: Hint = "latency"
    whole: bool = False
    settings: Mapping[str, str] = field(default_factory=dict, hash=False)


class Runtime(Protocol):
    """What a module in this folder looks like from outside."""

    FORMATS: tuple[str, ...]
    DISTRIBUTION: str

    def load(self, bundle: Bundle, options: RuntimeOptions) -> Predict: ...  # noqa: D102


def runtime_names() -> tuple[str, ...]:
    """Return the names of every runtime module, without importing any."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__))


def runtime(name: str) -> Runtime:
    """Return the runtime module of this name.

    Raises:
        UnknownName: there is none.
    """
    if name not in runtime_names():
        raise UnknownName("runtime", name, runtime_names())
    return cast(Runtime, import_module(f"{__name__}.{name}"))


def settings_of(name: str) -> Mapping[str, str]:
    """Return the settings that the runtime ``name`` has of its own, and what each does.

    Raises:
        UnknownName: there is no such runtime.
    """
    found: Mapping[str, str] = getattr(runtime(name), "SETTINGS", {})
    return found


def check_settings(name: str, settings: Mapping[str, str]) -> None:
    """Raise where the runtime ``name`` does not have one of the settings, or not with that value.

    Raises:
        UserError: so it is.
    """
    known = settings_of(name)
    for setting, value in settings.items():
        if setting not in known:
            raise UserError(
                f"settings of {name}",
                f"unknown name (got {setting!r})",
                f"Known: {', '.join(sorted(known)) or 'none'}.",
            )
        if value not in ("0", "1"):
            raise UserError(f"setting {setting}", f"neither 0 nor 1 (got {value!r})", f"1: {known[setting]}.")


def limits_threads(bundle_format: str) -> bool:
    """Tell whether the runtime that runs a format by default can be told a number of threads."""
    runners = (module for module in map(runtime, runtime_names()) if bundle_format in module.FORMATS)
    return all(getattr(module, "LIMITS_THREADS", True) for module in list(runners)[:1])


def load_runtime(bundle: Bundle, options: RuntimeOptions | None = None, name: str | None = None) -> Predict:
    """Load ``bundle`` in the runtime ``name``, or in the first one that runs its format.

    Raises:
        UnknownName: no such runtime.
        BundleError: the runtime does not run this format, or no runtime does; or whole pictures are meant for a bundle
            that does not resize.
        UnavailableError: the runtime's package, provider or device is not there.
        UserError: the runtime does not have one of the settings.
    """
    options = options or RuntimeOptions()
    if options.whole and not takes_any_size(bundle.manifest):
        raise BundleError(
            bundle.path, "takes resized pictures only", "rct export --resize-in-graph makes one that resizes by itself."
        )
    candidates = [name] if name else list(runtime_names())
    for candidate in candidates:
        module = runtime(candidate)
        if bundle.manifest.format in module.FORMATS:
            check_settings(candidate, options.settings)
            run = module.load(bundle, options)
            checked = _of_whole(run, bundle) if options.whole else _of_resized(run, bundle)
            return replace(run, predict=checked) if isinstance(run, Running) else checked
    raise BundleError(
        bundle.path,
        f"no runtime for this format (got {bundle.manifest.format}, asked {', '.join(candidates)})",
        "Export to a format that is listed by rct doctor.",
    )


def _of_resized(run: Predict, bundle: Bundle) -> Predict:
    def predict(batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        check_resized(batch, bundle.manifest)
        return run(as_input(batch, bundle.manifest))

    return predict


def _of_whole(run: Predict, bundle: Bundle) -> Predict:
    def predict(batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        return run(check_whole(batch, bundle.manifest))

    return predict
