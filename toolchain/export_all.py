"""Behind ``rct export --format all``: one bundle in every format, and a row for each of those that came to nothing.

attempts = export_all(Request(recipe="int8"), ExportOptions(), progress, warn)
attempts[0].outcome, attempts[0].reason     # ("failed", "exports/…-onnx-int8: already exists. Give --overwrite …")
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from rich.console import RenderableType
from rich.text import Text

from exporters.export import Calibrate, calibrate_once
from exporters.formats import ExportOptions, Format, check_request, format_names, load_format
from models.errors import RctError, UnavailableError, UnknownName, UserError, VerdictError
from toolchain.exporting import Exported, Request, export_and_compare, export_document
from toolchain.output import Output, Progress, ReaderGone, printable, size_text
from toolchain.references import originals_named
from toolchain.table import facts, table, title, verdict
from toolchain.verification.comparison import Warn
from toolchain.verification.examples import find_examples
from toolchain.verification.tables import figure

ALL = "all"
Outcome = Literal["passed", "differs", "failed", "not installed", "no such recipe"]
_HEEDED_BY_ALL = frozenset({"overwrite", "name"})


@dataclass(frozen=True)
class Attempt:
    """What became of one format.

    ``outcome``: "passed" and "differs" are verdicts on a bundle that is there, ``exported``; "failed" is a format whose
    packages are there and that could not be written or compared. ``reason``: why it did not pass. ``left_out``: the
    options that were asked for and that the format has no use for.
    """

    format: str
    recipe: str
    outcome: Outcome
    reason: str = ""
    left_out: tuple[str, ...] = ()
    exported: Exported | None = None

    @property
    def failed(self) -> bool:
        """Whether the exit code is to say so."""
        return self.outcome in {"failed", "differs"}


def show_all(request: Request, options: ExportOptions, output: Output, *, json: bool) -> None:
    """Export to every format, print a row for each, and name the next command.

    Raises:
        VerdictError: one failed, or does not decide like its original.
        UnavailableError: nothing was written, for want of packages.
        UserError: as ``export_all``.
    """
    with output.progress() as progress:
        attempts = export_all(request, options, progress, output.warn)
    if json:
        output.document([attempt_document(attempt) for attempt in attempts])
    else:
        output.show(*attempt_tables(attempts))
    if any(attempt.failed for attempt in attempts):
        raise _failure(attempts, request)
    output.say(f"Next: {_next_command(attempts)}")


def export_all(request: Request, options: ExportOptions, progress: Progress, warn: Warn) -> tuple[Attempt, ...]:
    """Export to every format, one after another, and compare each bundle with its originals on the same pictures.

    ``request.out`` is the folder that holds the bundles, by default ``exports``. What is wrong for every format alike
    is raised before any work.

    Raises:
        UnknownName: no format has the recipe.
        UserError: there are no such classifiers or pictures, or ``request.out`` is a file.
    """
    modules = {name: load_format(name) for name in format_names()}
    known = {recipe for module in modules.values() for recipe in module.RECIPES}
    if request.recipe is not None and request.recipe not in known:
        raise UnknownName("recipe", request.recipe, known)
    originals = originals_named(request.classifiers)
    calibration = None if options.calibrate is None else [str(options.calibrate)]
    images = request.images or calibration
    find_examples(images, [label for original in originals for label in original.manifest.spec.labels])
    folder = request.out or Path("exports")
    if folder.exists() and not folder.is_dir():
        raise UserError(folder, "a file, where the bundles' folder is to be", "Give another --out.")
    stem = options.name or "-".join(original.manifest.name for original in originals)
    warn_once, calibrating = _once(warn), calibrate_once()
    attempts = []
    for name, module in modules.items():
        recipe = request.recipe or module.RECIPES[0]
        wanted = replace(request, format=name, recipe=recipe, out=folder / f"{stem}-{name}-{recipe}", images=images)
        attempts.append(_attempt(module, wanted, options, _prefixed(progress, name), warn_once, calibrating))
    return tuple(attempts)


def _attempt(
    module: Format, request: Request, options: ExportOptions, progress: Progress, warn: Warn, calibrating: Calibrate
) -> Attempt:
    name, recipe = request.format, request.recipe or module.RECIPES[0]
    if recipe not in module.RECIPES:
        return Attempt(name, recipe, "no such recipe", f"no such recipe (has {', '.join(module.RECIPES)})")
    heeded, left_out = _heeded(options, module)
    try:
        if missing := _missing(name, recipe, heeded):
            return Attempt(name, recipe, "not installed", missing, left_out)
        exported = export_and_compare(request, heeded, progress, warn, calibrating=calibrating)
    except (ReaderGone, BrokenPipeError):
        raise
    except RctError as error:
        return Attempt(name, recipe, "failed", str(error), left_out)
    except Exception as error:  # noqa: BLE001  a bug in one converter does not cost the others their bundles
        return Attempt(name, recipe, "failed", f"failed: {_in_a_line(error)}", left_out)
    failures = exported.report.failures
    return Attempt(name, recipe, "differs" if failures else "passed", "; ".join(failures), left_out, exported)


def _heeded(options: ExportOptions, module: Format) -> tuple[ExportOptions, tuple[str, ...]]:
    """Return ``options`` without those that the format has no use for, and the flags of the ones that were given."""
    foreign = [one for one in fields(ExportOptions) if one.name not in module.OPTIONS | _HEEDED_BY_ALL]
    given = [one.name for one in foreign if getattr(options, one.name) != one.default]
    flags = tuple("--target-cpu" if name == "cpu" else f"--{name.replace('_', '-')}" for name in given)
    defaults: dict[str, Any] = {one.name: one.default for one in foreign}
    return replace(options, **defaults), flags


def _missing(name: str, recipe: str, options: ExportOptions) -> str:
    """Return what is not installed, with the command that installs it; nothing where all of it is there."""
    try:
        check_request(name, recipe, options)
    except UnavailableError as error:
        return f"{error.problem}. {error.advice}"
    return ""


def _in_a_line(error: Exception) -> str:
    text = str(error).strip()
    return f"{type(error).__name__}: {text.splitlines()[0]}" if text else type(error).__name__


def _prefixed(progress: Progress, name: str) -> Progress:
    def prefixed(text: str, *, done: int = 0, total: int | None = None, note: str = "") -> None:
        progress(f"{name}: {text}", done=done, total=total, note=note)

    return prefixed


def _once(warn: Warn) -> Warn:
    """Return a warn that says each line once: every format meets the same pictures."""
    told: set[str] = set()

    def once(text: str) -> None:
        if text not in told:
            told.add(text)
            warn(text)

    return once


def attempt_document(attempt: Attempt) -> dict[str, Any]:
    """Return an attempt as plain values; ``export`` is what ``rct export --json`` says of one bundle, or null."""
    return {
        "format": attempt.format,
        "recipe": attempt.recipe,
        "outcome": attempt.outcome,
        "reason": attempt.reason,
        "left_out": list(attempt.left_out),
        "export": None if attempt.exported is None else export_document(attempt.exported),
    }


def attempt_tables(attempts: Sequence[Attempt]) -> list[RenderableType]:
    """Return the attempts for a reader: a row for each format, and under them what the columns mean."""
    columns = ("format", "recipe", "size", "difference", "flips", "verdict")
    rows = [(one.format, one.recipe, *_measured(one.exported), _verdict(one)) for one in attempts]
    notes = [
        ("difference", "the largest of a score, in any category"),
        ("flips", "decisions that changed, at review / at block"),
    ]
    flags = dict.fromkeys(flag for one in attempts for flag in one.left_out)
    notes += [(flag, f"not for {', '.join(one.format for one in attempts if flag in one.left_out)}") for flag in flags]
    parts: list[RenderableType] = []
    if exported := next((one.exported for one in attempts if one.exported), None):
        report = exported.report
        parts.append(title(f"against {report.about['original']} on {len(report.pictures)} pictures"))
    return [*parts, table(columns, rows, right={"size", "difference", "flips"}), "", facts(notes)]


def _measured(exported: Exported | None) -> tuple[str, str, str]:
    """Return the cells size, difference and flips; the last two over all categories."""
    if exported is None:
        return "", "", ""
    categories = exported.report.categories
    differences = [category.difference["max_abs"] for category in categories]
    # a difference that could not be measured is the worst of them
    largest = max(differences, key=lambda one: float("inf") if one.value is None else one.value)
    points = [category.operating_points for category in categories]
    review, block = (sum(len(at[point].flipped) for at in points) for point in ("review", "block"))
    return size_text(exported.bundle.model_bytes), figure(largest), f"{review} / {block}"


def _verdict(attempt: Attempt) -> Text:
    if attempt.exported is None:
        return Text(printable(attempt.reason), style="red" if attempt.failed else "")
    text = verdict(attempt.outcome == "passed")
    return text.append(f" {printable(attempt.reason)}", style="not bold") if attempt.reason else text


def _failure(attempts: Sequence[Attempt], request: Request) -> VerdictError:
    """Return the one line of an export to all formats of which some failed."""
    bad = [attempt for attempt in attempts if attempt.failed]
    problem = f"{len(bad)} of {len(attempts)} failed ({', '.join(attempt.format for attempt in bad)})"
    if compared := next((attempt.exported for attempt in bad if attempt.exported), None):
        return VerdictError("--format all", problem, f"Look closer: {compared.next_command} --by-layer.")
    recipe = [] if request.recipe is None else ["--quantize", request.recipe]
    alone = shlex.join(["rct", "export", *(request.classifiers or ()), "--format", bad[0].format, *recipe])
    return VerdictError("--format all", problem, f"On its own it says more: {alone}.")


def _next_command(attempts: Sequence[Attempt]) -> str:
    for attempt in attempts:
        if attempt.exported:
            return attempt.exported.next_command
    reasons = [attempt.reason for attempt in attempts if attempt.outcome == "not installed"]
    raise UnavailableError("--format all", "nothing was written", " ".join(reasons))
