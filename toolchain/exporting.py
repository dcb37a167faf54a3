"""Behind ``rct export``: the export, then the proof that it decides like its originals."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rich.console import RenderableType

from benchmarks.parity_report import CategoryParity, ParityReport
from exporters.export import Calibrate, export
from exporters.formats import ExportOptions, Processor, check_request, load_format
from models.bundle import Bundle, check_target
from models.errors import UserError, VerdictError
from models.processor import features, int8_saturates
from toolchain.budget import NO_BUDGET, Budget
from toolchain.budget_report import budget_document, budget_facts
from toolchain.budget_search import Found, search
from toolchain.output import Progress, size_text
from toolchain.references import originals_named
from toolchain.refit_report import refit_facts
from toolchain.table import facts, table, title, verdict
from toolchain.tensorflow_noise import quiet_keras
from toolchain.verification.comparison import Warn, compare
from toolchain.verification.examples import find_examples
from toolchain.verification.tables import figure

AUTO = "auto"
Cpu = Literal["this", "vnni", "avx2", "arm"]


@dataclass(frozen=True)
class Request:
    """What was asked of ``rct export``; None is a default.

    ``recipe``: by default the format's first. ``out``: by default ``exports/<name>-<format>-<recipe>``. ``images``:
    pictures to compare on, by default those of the calibration.
    """

    classifiers: Sequence[str] | None = None
    format: str = "onnx"
    recipe: str | None = None
    out: Path | None = None
    images: Sequence[str] | None = None


@dataclass(frozen=True)
class Exported:
    """A new bundle, what it was made from, and how it compares."""

    bundle: Bundle
    originals: tuple[Bundle, ...]
    report: ParityReport
    found: Found | None = None

    @property
    def next_command(self) -> str:
        """What to type now."""
        return f"rct verify {self.bundle.path}"


def export_and_compare(
    request: Request,
    options: ExportOptions,
    progress: Progress,
    warn: Warn,
    budget: Budget = NO_BUDGET,
    calibrating: Calibrate | None = None,
) -> Exported:
    """Export, and compare the bundle with its originals on real pictures; the recipe "auto" is found by the budget.

    ``calibrating`` is as in ``exporters.export.export``.

    Raises:
        VerdictError: no recipe stays within the budget.
        UserError: what ``exporters.export.export`` objects to, or pictures that cannot be found.
    """
    recipe = request.recipe or load_format(request.format).RECIPES[0]
    if recipe != AUTO:
        check_request(request.format, recipe, options)
        if budget != NO_BUDGET:
            raise UserError("--max-flips and --max-auc-drop", f"a budget, and --quantize {recipe}", "Take auto.")
    originals = originals_named(request.classifiers)
    labels = [label for original in originals for label in original.manifest.spec.labels]
    calibration = None if options.calibrate is None else [str(options.calibrate)]
    examples = find_examples(request.images or calibration, labels)
    name = options.name or "-".join(original.manifest.name for original in originals)
    target = request.out or Path("exports", f"{name}-{request.format}-{recipe}")
    if recipe == AUTO:
        found = search(originals, request.format, target, examples, options, budget, progress, warn)
        return Exported(found.bundle, originals, found.report, found)
    check_target(target, overwrite=options.overwrite)
    progress("starting Keras")
    quiet_keras()
    bundle = export(originals, request.format, recipe, target, options, progress, calibrating)
    comparison = compare(bundle, originals, examples, progress, warn)
    return Exported(bundle, originals, comparison.report)


def meant_for(cpu: Cpu | None) -> Processor | None:
    """Return the kind of processor that int8 is meant for; "this" is the one that we run on."""
    if cpu != "this":
        return cpu
    if any(name.startswith(("asimd", "i8mm")) for name in features()):
        return "arm"
    return "avx2" if int8_saturates() else "vnni"


def export_document(exported: Exported) -> dict[str, Any]:
    """Return an export as plain values: the bundle with its manifest, and the parity in short."""
    bundle, report = exported.bundle, exported.report
    search_of = {} if exported.found is None else {"budget": budget_document(exported.found)}
    return search_of | {
        "bundle": str(bundle.path),
        "model": str(bundle.model),
        "manifest": bundle.manifest.model_dump(mode="json"),
        "parity": {
            "original": report.about["original"],
            "pictures": len(report.pictures),
            "categories": {category.name: _in_short(category) for category in report.categories},
            "failures": report.failures,
        },
        "passed": report.passed,
        "next": exported.next_command,
    }


def _in_short(category: CategoryParity) -> dict[str, Any]:
    differences = {name: measured.value for name, measured in category.difference.items()}
    flips = {point: len(at.flipped) for point, at in category.operating_points.items()}
    return {"difference": differences, "flips": flips}


def export_tables(exported: Exported) -> list[RenderableType]:
    """Return an export for a reader: the file, its size, and how it compares, category by category."""
    bundle, report = exported.bundle, exported.report
    before = sum(original.manifest.files[original.manifest.model].bytes for original in exported.originals)
    size = size_text(bundle.model_bytes)
    rows = []
    for category in report.categories:
        points = category.operating_points
        flips = (str(len(points["review"].flipped)), str(len(points["block"].flipped)))
        rows.append((category.name, figure(category.difference["max_abs"]), *flips))
    columns = ("category", "largest score difference", "flips at review", "at block")
    return [
        title(str(bundle.path)),
        facts(
            [
                ("file", bundle.manifest.model),
                ("size", f"{size} (the original: {size_text(before)})"),
                *refit_facts(bundle.manifest),
                ("parity", f"against {report.about['original']} on {len(report.pictures)} pictures"),
                ("", verdict(report.passed)),
                *([] if exported.found is None else budget_facts(exported.found)),
            ]
        ),
        "",
        table(columns, rows, right=set(columns[1:])),
    ]


def failed(exported: Exported) -> VerdictError:
    """Return the one line of an export that does not decide like its original."""
    first = exported.report.failures[0]
    return VerdictError(
        exported.bundle.path, f"written, but {first}", f"Look closer: {exported.next_command} --by-layer."
    )
