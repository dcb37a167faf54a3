"""A run of ``rct bench`` for a reader."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from benchmarks.latency.rendering.cells import (
    NONE,
    Cell,
    Tone,
    interval_text,
    megabytes,
    milliseconds,
    percent,
    seconds,
    three,
)
from benchmarks.latency.rendering.headline import headline
from benchmarks.latency.rendering.rows import Against, Reading, Speed, Standing, read
from benchmarks.latency.report import LatencyReport
from toolchain.output import printable
from toolchain.table import facts, table, title

_STYLES: dict[Tone, str] = {"": "", "good": "green", "bad": "red", "unsure": "yellow"}
_OPERATORS = 3
_REASONS = 4


def report_tables(report: LatencyReport) -> list[RenderableType]:
    """Return the times, decisions and reasons of a run, narrow enough for 80 columns, what it comes to last."""
    reading = read(report)
    parts: list[RenderableType] = []
    for scenario in reading.scenarios:
        parts += [title(scenario.replace("_", " ")), _times(reading, scenario)]
        if compared := _comparisons(reading, scenario):
            parts += [title(f"{scenario.replace('_', ' ')}: time over the other's"), compared]
    if any(standing.agreement for standing in reading.standings):
        parts += [title("decisions"), _decisions(reading)]
    parts += [title("start and size"), _starts(reading)]
    if reasons := list(_reasons(reading)):
        parts += [title("why"), facts(reasons)]
    return [*parts, title("what it comes to"), *_conclusion(reading)]


def _times(reading: Reading, scenario: str) -> RenderableType:
    speeds = reading.in_scenario(scenario)
    served = any(speed.samples.rate for _, speed in speeds)
    batches = len({speed.samples.batch for _, speed in speeds}) > 1
    tails = any(speed.p99.value is not None for _, speed in speeds)
    columns = [
        "contender",
        *(["batch"] if batches else []),
        *(["queries/s"] if served else []),
        "p50 ms",
        "p90 ms",
        *(["p99 ms"] if tails else []),
        *(["bound"] if served else ["pictures/s"]),
        "CPU ms",
        *([] if served else ["of peak"]),
    ]
    if not served and all(speed.share_of_peak is None for _, speed in speeds):
        columns.remove("of peak")
    rows = [[_time_cell(standing, speed, column) for column in columns] for standing, speed in speeds]
    return table(columns, rows, right=set(columns) - {"contender", "bound"})


def _time_cell(standing: Standing, speed: Speed, column: str) -> str | Text:
    samples = speed.samples
    percentiles = {"p50 ms": speed.p50, "p90 ms": speed.p90, "p99 ms": speed.p99}
    if column in percentiles:
        value = percentiles[column].value
        return NONE if value is None else milliseconds(value)
    best = len(standing.row.scenarios[speed.scenario]) > 1 and standing.best(speed.scenario) is speed
    cells: dict[str, str | Text] = {
        "contender": _named(standing),
        "batch": str(samples.batch),
        "queries/s": Text(three(samples.rate or 0.0), style="bold" if best else ""),
        "pictures/s": Text(three(samples.pictures_per_second), style="bold" if best else ""),
        "bound": _shown(Cell("kept", tone="good") if speed.held else Cell("broken", tone="bad")),
        "CPU ms": milliseconds(speed.cpu_ns),
        "of peak": percent(speed.share_of_peak),
    }
    return cells[column]


def _comparisons(reading: Reading, scenario: str) -> RenderableType | None:
    """Show the ratios with their intervals; of several batch sizes, where the contender stands best."""
    rows = [
        (_named(standing), *_compared(against))
        for standing in reading.standings
        if (speed := standing.best(scenario)) is not None
        for against in (speed.against_original, speed.against_peer)
        if against is not None
    ]
    return table(("contender", "against", "ratio", "95 % interval", ""), rows, right={"ratio"}) if rows else None


def _compared(against: Against) -> tuple[str | Text, ...]:
    verdict = against.verdict
    tones: dict[str, Tone] = {"faster": "good", "slower": "bad"}
    word = _shown(Cell(verdict.word, tone=tones.get(verdict.word, "unsure")))
    return against.name, three(verdict.ratio), interval_text(verdict), word


def _decisions(reading: Reading) -> RenderableType:
    rows: list[tuple[str | Text, ...]] = []
    for standing in reading.standings:
        agreement = standing.agreement
        if agreement is None:
            continue
        verdict = _shown(Cell("no", tone="bad") if agreement.failures else Cell("yes", tone="good"))
        values = (
            NONE if one.value is None else f"{one.value:.3g}" for one in (agreement.largest, agreement.logit_error)
        )
        flips = ", ".join(f"{count} at {point}" for point, count in agreement.flips.items())
        rows.append((_named(standing), *values, f"{flips} of {agreement.decisions}", verdict))
    columns = ("contender", "largest", "logit", "decisions that flipped", "alike")
    return table(columns, rows, right={"largest", "logit"})


def _starts(reading: Reading) -> RenderableType:
    rows = []
    for standing in reading.standings:
        row, start = standing.row, standing.row.start
        rows.append(
            (
                _named(standing),
                "" if row.subject is None else f"{row.subject.runtime} {row.subject.version}".strip(),
                megabytes(None if row.subject is None else row.subject.bytes),
                NONE if start is None else seconds(start.load_ns),
                NONE if start is None else seconds(start.first_scores_ns),
                megabytes(row.peak_rss_bytes),
            )
        )
    columns = ("contender", "run by", "MB", "load s", "cold start s", "memory MB")
    return table(columns, rows, right=set(columns[2:]))


def _reasons(reading: Reading) -> Iterator[tuple[str, str]]:
    for standing in reading.standings:
        why = standing.row.why
        if why is None:
            continue
        lines = [", ".join(f"{one.operator} {percent(one.share)}" for one in why.operators[:_OPERATORS])]
        counts = (("float islands", why.float_islands), ("Transposes", why.transposes))
        lines += [f"{what}: {count}" for what, count in counts if count is not None]
        for number, line in enumerate(filter(None, (*lines, *why.notes))):
            yield (standing.name if number == 0 else ""), line


def _conclusion(reading: Reading) -> Iterator[RenderableType]:
    for claim in headline(reading):
        yield Text(f"{printable(claim.question)} ").append(
            printable(claim.answer), f"bold {_STYLES[claim.tone]}".strip()
        )
        yield Padding(Text(printable(claim.detail), "dim"), (0, 0, 0, 2))
    for reason in _first(reading.noise.reasons):
        yield Padding(Text(printable(reason), "yellow"), (0, 0, 0, 2))
    for standing in reading.standings:
        if standing.row.failure is not None:
            yield Text(f"{printable(standing.name)} failed: {printable(standing.row.failure)}", "red")


def _first(reasons: tuple[str, ...]) -> tuple[str, ...]:
    left_out = len(reasons) - _REASONS
    return reasons if left_out <= 0 else (*reasons[:_REASONS], f"And {left_out} more, which --out has.")


def _named(standing: Standing) -> Text:
    return Text(printable(standing.name), style="red" if standing.row.failure is not None else "")


def _shown(cell: Cell) -> Text:
    return Text(cell.text, style=_STYLES[cell.tone])
