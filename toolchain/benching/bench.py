"""The function behind ``rct bench``.

report = bench(Request(bundles=[Path("exports/open_nsfw-onnx-int8")]), progress, warn)
report.row("onnx int8").scenarios["single_stream"]
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.latency.protocol import Inputs
from benchmarks.latency.report import LatencyReport
from benchmarks.latency.run import run
from exporters.calibration.pictures import default_pictures
from models.bundle import MANIFEST, Bundle
from models.errors import UserError, VerdictError
from models.joined import joined_parent
from models.pictures import read_batches
from models.preprocessing import Preprocessing
from toolchain.benching.contenders import of_bundles
from toolchain.benching.references import of_originals, of_peers, wanted_peers
from toolchain.benching.request import Request, plan_of
from toolchain.output import Progress
from toolchain.references import originals_of
from toolchain.verification.comparison import Warn
from toolchain.verification.examples import Examples, find_examples

EXPORTS = Path("exports")
_AT_ONCE = 16


def bench(
    request: Request, progress: Progress, warn: Warn, keep: Callable[[LatencyReport], object] | None = None
) -> LatencyReport:
    """Time every bundle, its original and the peers, in turns, and judge each one's decisions.

    A contender that fails is a row with its reason; the others go on. ``keep`` is given a partial report after every
    round.

    Raises:
        UserError: nothing to time, bundles of several originals, no pictures, or options that make no sense.
        BundleError: a bundle is incomplete, or its original cannot be found.
        UnknownName: no such scenario or peer.
    """
    plan = plan_of(request)
    bundles = _open(request.bundles)
    originals = _originals(bundles, request.originals)
    spec = bundles[0].manifest.spec
    ours = of_bundles(bundles, request)
    if request.settings and not any(bundle.manifest.format == "onnx" for bundle in bundles):
        raise UserError("--setting", "is for onnx bundles, and there is none", "Leave it out.")
    wanted_peers(request)
    found = find_examples(request.images, spec.labels)
    progress("looking at the pictures")
    examples = _readable(found, spec.preprocessing, warn)
    with tempfile.TemporaryDirectory(prefix="rct-bench-") as scratch:
        place = Path(scratch)
        original = of_originals(originals, request, place)
        peers, left_out = of_peers(originals, request, default_pictures(), place, progress)
        for name, reason in left_out.items():
            warn(f"{name}: left out ({reason})")
        report = run(
            (*original, *ours, *peers),
            Inputs(pictures=tuple(str(path.absolute()) for path in examples.paths)),
            plan,
            progress,
            spec=spec,
            truth=_truth(examples),
            names=tuple(examples.name(path) for path in examples.paths),
            keep=keep and (lambda partial: keep(partial.model_copy(update={"left_out": left_out}))),
        )
    return report.model_copy(update={"left_out": left_out})


def failed(report: LatencyReport) -> VerdictError | None:
    """Return the one line of a run in which something failed or does not decide like the original, or None."""
    broken = [row.contender.name for row in report.rows if row.failure is not None]
    if broken:
        return VerdictError(", ".join(broken), "could not be timed", "The reason stands in the report.")
    differ = [
        row.contender.name
        for row in report.rows
        if row.parity is not None and not row.parity.passed and row.contender.peer is None
    ]
    if differ:
        return VerdictError(", ".join(differ), "does not decide like the original", "rct verify says more.")
    return None


def save(
    report: LatencyReport,
    folder: Path,
    progress: Progress,
    *,
    show_pictures: bool = False,
    images: Sequence[str] | None = None,
) -> tuple[Path, ...]:
    """Write report.json, report.md and report.html into ``folder``; return their paths, the page last.

    Raises:
        UserError: the folder cannot be written.
    """
    from benchmarks.latency.rendering.write import write_reports

    progress("drawing the report")
    pictures = {}
    if show_pictures:
        labels = next((row.subject.categories for row in report.rows if row.subject), ())
        examples = find_examples(images, labels)
        pictures = {examples.name(path): path for path in examples.paths}
    return write_reports(report, folder, pictures=pictures)


def make_folder(folder: Path) -> None:
    """Make the folder of the reports, before anything is measured in vain.

    Raises:
        UserError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(folder, f"cannot be made ({error.strerror or error})", "Give another --out.") from error


def _readable(examples: Examples, rule: Preprocessing, warn: Warn) -> Examples:
    """Return the examples without those that cannot be read, each of which is warned of.

    Raises:
        UserError: none is left.
    """
    readable: list[Path] = []
    for batch in read_batches(examples.paths, rule, _AT_ONCE):
        readable += batch.paths
        for _, error in batch.failures:
            warn(str(error))
    if not readable:
        raise UserError("pictures", "none that can be read", "Give at least one.")
    return replace(examples, paths=tuple(readable))


def _open(folders: Sequence[Path]) -> tuple[Bundle, ...]:
    """Return the bundles that were named, or all in ``EXPORTS``.

    Raises:
        UserError: there are none.
        BundleError: one of them is incomplete or altered.
    """
    found = list(folders) or sorted(file.parent for file in EXPORTS.glob(f"*/{MANIFEST}"))
    if not found:
        raise UserError("bundles", f"none named, and none in {EXPORTS}/", "rct export --format onnx makes one.")
    return tuple(Bundle.open(folder) for folder in found)


def _originals(bundles: Sequence[Bundle], names: Sequence[str]) -> tuple[Bundle, ...]:
    """Return the originals that all ``bundles`` have in common.

    Raises:
        BundleError: they cannot be found, or a bundle does another task.
        UserError: the bundles come from different originals.
    """
    first, *others = bundles
    originals = originals_of(first, names or None)
    for other in others:
        theirs = originals_of(other, names or None)
        if joined_parent(theirs) != joined_parent(originals):
            problem = f"made from {joined_parent(theirs).name}, {first.path} from {joined_parent(originals).name}"
            raise UserError(other.path, problem, "Time bundles of one original at a time.")
    return originals


def _truth(examples: Examples) -> tuple[tuple[bool, ...], ...] | None:
    truth = examples.truth(examples.paths)
    return None if truth is None else tuple(tuple(map(bool, row)) for row in truth.tolist())
