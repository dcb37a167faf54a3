"""The function behind ``rct verify``: is this bundle still the classifier that it was made from?

verification = verify(Path("exports/open_nsfw-onnx-int8"), Request(), progress, warn)
verification.passed
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.bundle import Bundle
from models.errors import UserError
from models.golden import GOLDEN_FILE, Golden
from models.joined import joined_parent
from models.picture_sizes import takes_any_size
from models.runtimes import Device, RuntimeOptions, load_runtime
from toolchain.output import Progress
from toolchain.references import originals_of
from toolchain.verification.comparison import Comparison, Warn, compare
from toolchain.verification.examples import Examples, find_examples
from toolchain.verification.golden_check import check_golden
from toolchain.verification.layer_search import search_layers
from toolchain.verification.report import GoldenCheck, LayerSearch, VerificationReport
from toolchain.verification.resize_check import check_resize


@dataclass(frozen=True)
class Request:
    """What was asked of ``verify``.

    ``images``: files, folders or patterns, None for the pictures that we ship. ``originals``: classifiers to compare
    with, None for the bundle's own. ``by_layer``: look for the first layer that departs.
    """

    images: Sequence[str] | None = None
    originals: Sequence[str] | None = None
    by_layer: bool = False
    runtime: str | None = None
    device: Device = "cpu"
    threads: int | None = None


def verify(path: Path, request: Request, progress: Progress, warn: Warn) -> VerificationReport:
    """Check a bundle's files, its golden scores, and its decisions on pictures against its original's.

    Bundle and original get the same resized pictures. What a bundle's own resizing adds is looked at by itself.

    Raises:
        BundleError: the bundle is incomplete or altered, or its original cannot be found.
        UserError: there are no pictures, or none that can be read.
        UnavailableError: what should run it is not there.
    """
    progress("checking the bundle's files")
    bundle = Bundle.open(path)
    originals = originals_of(bundle, request.originals)
    parent = bundle.manifest.parent
    if parent is not None and joined_parent(originals) != parent:
        warn(f"{path}: was made from another {parent.name} than the one that it is compared with.")
    examples = find_examples(request.images, bundle.manifest.spec.labels)
    if request.by_layer and bundle.manifest.format != "onnx":
        raise UserError("--by-layer", f"works on onnx bundles (got {bundle.manifest.format})", "Leave it out.")

    options = RuntimeOptions(device=request.device, threads=request.threads)
    golden = _golden(bundle, options, request.runtime, progress)
    comparison = compare(bundle, originals, examples, progress, warn, options=options, runtime=request.runtime)
    resizes = takes_any_size(bundle.manifest)
    resize = check_resize(bundle, examples, options, request.runtime, progress) if resizes else None
    layers = _layers(bundle, originals, examples, comparison, progress) if request.by_layer else None
    return VerificationReport(
        bundle=str(path),
        golden=golden,
        resize=resize,
        layers=layers,
        unreadable=comparison.unreadable,
        parity=comparison.report,
    )


def save_report(report: VerificationReport, path: Path) -> None:
    """Write ``report`` as JSON.

    Raises:
        UserError: the file cannot be written.
    """
    try:
        path.write_text(report.model_dump_json(indent=2) + "\n", "utf-8")
    except OSError as error:
        raise UserError(path, f"cannot be written ({error.strerror or error})", "Give --save another place.") from error


def _golden(bundle: Bundle, options: RuntimeOptions, runtime: str | None, progress: Progress) -> GoldenCheck | None:
    if GOLDEN_FILE not in bundle.manifest.files:
        return None
    progress("checking the golden scores")
    golden = Golden.load(bundle.path / GOLDEN_FILE)
    return check_golden(golden, bundle.manifest, load_runtime(bundle, options, runtime))


def _layers(
    bundle: Bundle, originals: Sequence[Bundle], examples: Examples, comparison: Comparison, progress: Progress
) -> LayerSearch | None:
    limit = comparison.report.tolerance.layer_relative_error
    return None if limit is None else search_layers(bundle, originals, examples, limit, progress)
