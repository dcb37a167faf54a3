"""The tables of a report, the same for Markdown and HTML: cells of text, the contender's name always the first.

for table in tables(reading):
    table.title, table.columns, table.rows
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.latency.rendering.cells import (
    NONE,
    Cell,
    megabytes,
    milliseconds,
    percent,
    seconds,
    three,
    time_cell,
    value_cell,
    verdict_cell,
)
from benchmarks.latency.rendering.rows import Reading, Speed, Standing
from benchmarks.latency.scenarios import scenario, scenario_names

ORIGINAL, PEER = "time / original's", "time / fastest peer's"
_OPERATORS = 5


@dataclass(frozen=True)
class Table:
    """``anchor`` names it in links. ``rows`` have a cell for each of ``columns``; the first is a contender's name."""

    anchor: str
    title: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables(reading: Reading) -> tuple[Table, ...]:
    """Return every table that has a row."""
    made = [
        *(scenario_table(reading, name) for name in reading.scenarios),
        _decisions(reading),
        _starts(reading),
        _reasons(reading),
        _failures(reading),
    ]
    return tuple(table for table in made if table.rows)


def scenario_table(reading: Reading, name: str) -> Table:
    """Return the table of one scenario: a row for each contender, and for each batch size or rate that it was asked."""
    speeds = reading.in_scenario(name)
    columns = _columns(name, [speed for _, speed in speeds])
    rows = tuple(
        (_named(standing), *(_CELLS[column](standing, speed) for column in columns)) for standing, speed in speeds
    )
    about = scenario(name).TITLE if name in scenario_names() else ""
    return Table(name, name.replace("_", " "), about, ("contender", *columns), rows)


def _named(standing: Standing) -> Cell:
    return Cell(standing.name, "failed", "bad") if standing.row.failure is not None else Cell(standing.name)


def _columns(name: str, speeds: list[Speed]) -> tuple[str, ...]:
    several = len({speed.samples.batch for speed in speeds}) > 1 or name == "offline"
    served = any(speed.samples.rate for speed in speeds)
    known = not served and any(speed.share_of_peak is not None for speed in speeds)
    tails = any(speed.p99.value is not None for speed in speeds) or not several
    return (
        *(("batch",) if several else ()),
        *(("queries/s",) if served else ()),
        *("p50 ms", "p90 ms"),
        *(("p99 ms",) if tails else ()),
        *(("bound",) if served else ("pictures/s",)),
        *((ORIGINAL,) if any(speed.against_original for speed in speeds) else ()),
        *((PEER,) if any(speed.against_peer for speed in speeds) else ()),
        "CPU ms",
        *(("of peak",) if known else ()),
        "samples",
    )


def _rate_cell(standing: Standing, speed: Speed) -> Cell:
    return Cell(NONE if speed.samples.rate is None else three(speed.samples.rate), _best(standing, speed))


def _throughput_cell(standing: Standing, speed: Speed) -> Cell:
    return Cell(three(speed.samples.pictures_per_second), _best(standing, speed))


def _best(standing: Standing, speed: Speed) -> str:
    several = len(standing.row.scenarios[speed.scenario]) > 1
    return "best" if several and standing.best(speed.scenario) is speed else ""


def _original_cell(standing: Standing, speed: Speed) -> Cell:
    if standing.role == "original":
        return Cell("1", "the original")
    return verdict_cell(speed.against_original.verdict) if speed.against_original else Cell("")


def _peer_cell(_: Standing, speed: Speed) -> Cell:
    return verdict_cell(speed.against_peer.verdict, speed.against_peer.name) if speed.against_peer else Cell("")


def _samples_cell(_: Standing, speed: Speed) -> Cell:
    warmup = speed.samples.warmup
    if warmup is not None and not warmup.settled:
        return Cell(f"{speed.samples.count:,}", "warm-up did not settle", "unsure")
    return Cell(f"{speed.samples.count:,}")


def _bound_cell(_: Standing, speed: Speed) -> Cell:
    if speed.samples.bound_ns is None:
        return Cell(NONE)
    limit = f"{milliseconds(speed.samples.bound_ns)} ms"
    if speed.p99.value is None:
        return Cell("can't tell", limit, "unsure")
    return Cell("kept", limit, "good") if speed.held else Cell("broken", limit, "bad")


_CELLS: dict[str, Callable[[Standing, Speed], Cell]] = {
    "batch": lambda _, speed: Cell(str(speed.samples.batch)),
    "queries/s": _rate_cell,
    "p50 ms": lambda _, speed: time_cell(speed.p50),
    "p90 ms": lambda _, speed: time_cell(speed.p90),
    "p99 ms": lambda _, speed: time_cell(speed.p99),
    "bound": _bound_cell,
    "pictures/s": _throughput_cell,
    ORIGINAL: _original_cell,
    PEER: _peer_cell,
    "CPU ms": lambda _, speed: Cell(milliseconds(speed.cpu_ns)),
    "of peak": lambda _, speed: Cell(percent(speed.share_of_peak)),
    "samples": _samples_cell,
}


def _decisions(reading: Reading) -> Table:
    rows = []
    for standing in reading.standings:
        agreement = standing.agreement
        if agreement is None or standing.role == "original":
            continue
        flips = (
            Cell(f"{count} of {agreement.decisions}", "", "unsure" if count else "good")
            for count in (agreement.flips.get("review", 0), agreement.flips.get("block", 0))
        )
        verdict = Cell("no", "; ".join(agreement.failures), "bad") if agreement.failures else Cell("yes", "", "good")
        rows.append(
            (Cell(standing.name), verdict, *flips, value_cell(agreement.largest), value_cell(agreement.logit_error))
        )
    columns = (
        "contender",
        "within its tolerance",
        "flips at review",
        "flips at block",
        "largest score difference",
        "mean logit error",
    )
    about = "Scores of the same pictures, against the original's in this run."
    return Table("decisions", "decisions", about, columns, tuple(rows))


def _starts(reading: Reading) -> Table:
    rows = tuple((_named(standing), *_start_cells(standing)) for standing in reading.standings)
    columns = ("contender", "model", "run by", "timed", "size MB", "load s", "cold start s", "peak memory MB")
    about = "Cold start: from the start of the process to the first scores, files in the system's cache."
    return Table("starts", "what was run, and what it takes to start", about, columns, rows)


def _start_cells(standing: Standing) -> tuple[Cell, ...]:
    row = standing.row
    contender, subject, start = row.contender, row.subject, row.start
    threads = "" if contender.threads is None else f", {contender.threads} thread{'s' * (contender.threads > 1)}"
    timed = Cell(contender.stage, f"{contender.device}{threads}")
    if subject is None:
        return (*(Cell(NONE),) * 2, timed, *(Cell(NONE),) * 4)
    elsewhere = f"; {subject.nodes_elsewhere} nodes elsewhere" if subject.nodes_elsewhere else ""
    return (
        Cell(f"{subject.format} {subject.recipe}".strip()),
        Cell(
            f"{subject.runtime} {subject.version}".strip(),
            f"{subject.provider}{elsewhere}".removeprefix("; "),
            "unsure" if subject.nodes_elsewhere else "",
        ),
        timed,
        Cell(megabytes(subject.bytes)),
        Cell(NONE if start is None else seconds(start.load_ns)),
        Cell(NONE) if start is None else Cell(seconds(start.first_scores_ns), f"imports {seconds(start.imports_ns)}"),
        Cell(megabytes(row.peak_rss_bytes)),
    )


def _reasons(reading: Reading) -> Table:
    rows = tuple(
        (Cell(standing.name), *_reason_cells(standing))
        for standing in reading.standings
        if standing.row.why is not None
    )
    columns = ("contender", "time by operator", "float islands", "Transposes", "notes")
    return Table("why", "why", "Shares of the operators' time in the runtime's own profile.", columns, rows)


def _reason_cells(standing: Standing) -> Iterator[Cell]:
    why = standing.row.why
    assert why is not None  # noqa: S101
    shown = ", ".join(f"{one.operator} {percent(one.share)}" for one in why.operators[:_OPERATORS])
    yield Cell(shown or NONE, why.profiler)
    for count in (why.float_islands, why.transposes):
        yield Cell(NONE) if count is None else Cell(str(count), "", "unsure" if count else "good")
    yield Cell(" ".join(why.notes))


def _failures(reading: Reading) -> Table:
    rows = tuple(
        (Cell(standing.name), Cell(standing.row.failure, "", "bad"))
        for standing in reading.standings
        if standing.row.failure is not None
    )
    return Table(
        "failures",
        "what failed",
        "What it had answered by then is shown; it is fastest at nothing.",
        ("contender", "why"),
        rows,
    )
