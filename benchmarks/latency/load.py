"""A contender into memory: a bundle through its runtime, a peer through its module, and what is said of it.

bundle = find_bundle(contender)          # digests checked, which belongs to no cold start; None for a peer
loaded = load(contender, bundle)
loaded.model.run(loaded.model.prepare(batch))
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from benchmarks.latency.contender import Contender
from benchmarks.latency.model import Model
from benchmarks.latency.report import Subject
from benchmarks.latency.resident import Place, RunResident, resident_runs
from benchmarks.peers import SPEC, peer
from benchmarks.why.macs import macs_of
from models.bundle import MANIFEST, Bundle
from models.classifier import find_original
from models.document import first_problem
from models.errors import SpecError
from models.golden import GOLDEN_FILE
from models.picture_sizes import takes_any_size
from models.runtimes import Predict, Running, RuntimeOptions, load_runtime, runtime, runtime_names
from models.spec import ClassifierSpec


@dataclass(frozen=True)
class Loaded:
    """A contender that can be asked, and the spec that says how pictures are read for it and where its lines are."""

    model: Model
    spec: ClassifierSpec


def find_bundle(contender: Contender) -> Bundle | None:
    """Open the bundle of ``contender``, its digests checked, or the original of that name; None for a peer.

    Raises:
        BundleError: there is no such bundle or original, or it is not whole.
    """
    if contender.bundle is None:
        return None
    folder = Path(contender.bundle)
    return Bundle.open(folder) if (folder / MANIFEST).is_file() else find_original(contender.bundle)


def load(contender: Contender, bundle: Bundle | None) -> Loaded:
    """Load ``bundle``, or the contender's peer where there is none.

    Raises:
        UserError: it cannot be loaded, or not as the contender wants it; a provider that would fall back is refused.
    """
    if bundle is None:
        return _load_peer(contender)
    whole = contender.stage in {"picture", "file"} and takes_any_size(bundle.manifest)
    options = RuntimeOptions(
        device=contender.device,
        threads=contender.threads,
        hint=contender.hint,
        whole=whole,
        settings=contender.settings,
    )
    name = contender.runtime or _first_runtime(bundle)
    predict = load_runtime(bundle, options, name)
    place, run_resident = _resident(bundle, options, name) if contender.stage == "resident" else (None, None)
    model = Model(
        run=predict.predict if isinstance(predict, Running) else predict,
        subject=_subject(contender, bundle, name, predict),
        place=place,
        run_resident=run_resident,
        whole=whole,
    )
    return Loaded(model, bundle.manifest.spec)


def _load_peer(contender: Contender) -> Loaded:
    folder = Path(contender.folder or "")
    try:
        spec = ClassifierSpec.model_validate_json((folder / SPEC).read_text("utf-8"))
    except OSError as error:
        raise SpecError(folder / SPEC, f"cannot be read ({error.strerror})", "Prepare the peer again.") from error
    except ValidationError as error:
        raise SpecError(folder / SPEC, first_problem(error), "Prepare the peer again.") from error
    return Loaded(peer(contender.peer or "").load(folder, contender.recipe, contender), spec)


def _first_runtime(bundle: Bundle) -> str | None:
    """Return the first runtime for the bundle's format; None where there is none, which load_runtime says."""
    return next((name for name in runtime_names() if bundle.manifest.format in runtime(name).FORMATS), None)


def _resident(
    bundle: Bundle, options: RuntimeOptions, name: str | None
) -> tuple[Place, RunResident] | tuple[None, None]:
    """Return the resident runs of a runtime that has them; they are a session of their own."""
    module = resident_runs(name or "")
    return module.resident(bundle, options) if module else (None, None)


def _subject(contender: Contender, bundle: Bundle, name: str | None, predict: Predict) -> Subject:
    manifest = bundle.manifest
    running = predict if isinstance(predict, Running) else None
    return Subject(
        format=manifest.format,
        recipe=manifest.recipe,
        runtime=name or "",
        version=_version(runtime(name).DISTRIBUTION if name else ""),
        provider=running.provider if running else _provider(name, contender),
        nodes_elsewhere=running.nodes_elsewhere if running else None,
        files={file: entry.sha256 for file, entry in manifest.files.items()},
        bytes=sum(entry.bytes for file, entry in manifest.files.items() if file != GOLDEN_FILE),
        categories=manifest.spec.labels,
    )


def _version(distribution: str) -> str:
    """Return what the package says of itself: it is imported by now, and may be another distribution of that name.

    Without the number of a build: OpenVINO's ``__version__`` is "2026.4.1-22982-e213a147257-releases/2026/4".
    """
    said = str(getattr(sys.modules.get(distribution.replace("-", "_")), "__version__", ""))
    return said.partition("-")[0]


def _provider(name: str | None, contender: Contender) -> str:
    """Return what runs it where the runtime does not say so itself; none of those falls back."""
    if name == "keras":
        import keras

        return f"{keras.backend.backend()} {contender.device}"
    return contender.device


def count_macs(contender: Contender) -> int | None:
    """Return the multiply-accumulates of one picture, None where they cannot be told.

    Not for the worker: it imports what reads the file, whose memory would be counted as the model's.
    """
    return macs_of(find_bundle(contender), contender)
