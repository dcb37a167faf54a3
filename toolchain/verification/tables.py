"""A verification for a reader."""

from collections.abc import Iterator

from rich.console import RenderableType

from benchmarks.metrics import metric, proportion
from benchmarks.parity_report import CategoryParity, Comparison, Measurement, ParityReport
from models.errors import VerdictError
from toolchain.table import facts, table, title, verdict
from toolchain.verification.report import LayerSearch, VerificationReport

_FIRST = ("max_abs", "p99_abs", "mean_abs", "logit_mean_abs", "logit_p99_abs")
_FLIPS = 12
_LAYERS = 6


def verification_tables(report: VerificationReport) -> list[RenderableType]:
    """Return everything that ``rct verify`` found, narrow enough for 80 columns, the verdict last."""
    about = report.parity.about
    parts: list[RenderableType] = [title(f"{report.bundle} against {about['original']}"), facts(list(_summary(report)))]
    for category in report.parity.categories:
        parts += [title(f"category {category.name}"), _difference_table(category, report.parity)]
        if flipped := _flip_rows(category, report.parity):
            parts += [title("decisions that changed"), table(("picture", "at", "original", "bundle"), flipped)]
        if category.quality:
            parts += [title(f"category {category.name}, against the labels"), _quality_table(category)]
    if report.layers:
        parts += [title("layer by layer"), _layer_table(report.layers)]
    parts.append(title("verdict"))
    parts.append(facts([("", verdict(report.passed)), *(("", line) for line in report.failures)]))
    return parts


def failed(report: VerificationReport) -> VerdictError:
    """Return the one line of a verification that did not pass."""
    count = len(report.failures)
    problem = f"does not decide like {report.parity.about['original']} ({count} check{'s' * (count > 1)} failed)"
    advice = "" if report.layers else "rct verify --by-layer names the layer that departs."
    return VerdictError(report.bundle, problem, advice)


def figure(measured: Measurement) -> str:
    """Return a value with three digits, or a dash."""
    return "-" if measured.value is None else _three(measured.value)


def _three(value: float) -> str:
    return f"{value:.3g}"


def _range(measured: Measurement) -> str:
    if measured.low is None or measured.high is None:
        return measured.undefined or "-"
    return f"{_three(measured.low)} … {_three(measured.high)}"


def _summary(report: VerificationReport) -> Iterator[tuple[str, str]]:
    passed_over = f", {report.unreadable} could not be read" if report.unreadable else ""
    yield "files", "every digest is right"
    if report.golden is None:
        yield "golden", "the bundle has no golden vectors"
    else:
        golden = report.golden
        own = "" if golden.bundle_scores is None else f" ({golden.bundle_scores:.2g} of its own)"
        scores = f"{golden.pictures} pictures: scores within {golden.scores:.2g}{own}"
        yield "golden", f"{scores}, decoding within {golden.decoded} and resizing within {golden.resized} of 255"
    if report.resize:
        moved = f"{report.resize.scores:.2g}, {report.resize.mean_scores:.2g} on average"
        yield "resizing", f"inside the model: scores within {moved}"
    yield "pictures", f"{len(report.parity.pictures)}{passed_over}"
    yield "recipe", report.parity.about["recipe"]


def _difference_table(category: CategoryParity, report: ParityReport) -> RenderableType:
    tolerance = report.tolerance
    limits = {
        "max_abs": tolerance.max_abs_score,
        "p99_abs": tolerance.p99_abs_score,
        "logit_mean_abs": tolerance.mean_abs_logit,
    }
    rows = []
    for name in sorted(category.difference, key=lambda name: (*_FIRST, name).index(name)):
        measured = category.difference[name]
        limit = limits.get(name)
        shown = "" if limit is None else f"{limit:g}"
        rows.append((metric("difference", name).TITLE, figure(measured), _range(measured), shown))
    for point, at in category.operating_points.items():
        allowed = "" if tolerance.max_flip_rate is None else f"{100 * tolerance.max_flip_rate:g} %"
        count = f"{len(at.flipped)} of {len(report.pictures)}"
        where = (
            f"{at.threshold:g}" if at.candidate_threshold is None else f"{at.threshold:g}, {at.candidate_threshold:g}"
        )
        rows.append((f"flips at {point} ({where})", count, _percent_range(at.flip_rate), allowed))
    return table(("measure", "value", "95 % interval", "limit"), rows, right={"value", "limit"})


def _flip_rows(category: CategoryParity, report: ParityReport) -> list[tuple[str, ...]]:
    """Return the pictures that changed sides, with both scores, and in the last row how many were left out."""
    scores = dict(zip(report.pictures, zip(category.original, category.candidate, strict=True), strict=True))
    rows = [
        (name, point, *("-" if score is None else f"{score:.4f}" for score in scores[name]))
        for point, at in category.operating_points.items()
        for name in at.flipped
    ]
    left_out = len(rows) - _FLIPS
    return rows if left_out <= 0 else [*rows[:_FLIPS], (f"and {left_out} more, see --json", "", "", "")]


def _percent_range(measured: Measurement) -> str:
    if measured.low is None or measured.high is None:
        return measured.undefined or "-"
    return f"{100 * measured.low:.1f} … {100 * measured.high:.1f} %"


def _quality_table(category: CategoryParity) -> RenderableType:
    rows = [_quality_row(metric("quality", name).TITLE, one) for name, one in category.quality.items()]
    for point, at in category.operating_points.items():
        rows += [_quality_row(f"{proportion(name).TITLE} at {point}", one) for name, one in at.quality.items()]
    columns = ("measure", "original", "bundle", "change", "95 % interval")
    return table(columns, rows, right={"original", "bundle", "change"})


def _quality_row(name: str, compared: Comparison) -> tuple[str, ...]:
    change = compared.change
    signed = "-" if change.value is None else f"{change.value:+.3g}"
    return name, figure(compared.original), figure(compared.candidate), signed, _range(change)


def _layer_table(search: LayerSearch) -> RenderableType:
    """Show the layers around the first that departs, or the worst ones where none does."""
    rows = search.layers
    names = [row.name for row in rows]
    if search.departs:
        place = names.index(search.departs)
        shown = rows[max(0, place - _LAYERS // 2) : place + _LAYERS // 2]
    else:
        shown = tuple(sorted(rows, key=lambda row: -(row.relative_error or 0.0))[:_LAYERS])
    cells = [
        (
            row.name,
            "-" if row.relative_error is None else _three(row.relative_error),
            f"{search.limit:g}",
            "the first to depart" if row.name == search.departs else "",
        )
        for row in shown
    ]
    return table(("layer", "relative error", "limit", ""), cells, right={"relative error", "limit"})
