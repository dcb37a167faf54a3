"""A report as a Markdown document.

markdown(read(report))
"""

import re
from collections.abc import Iterator, Sequence

from benchmarks.latency.rendering.conditions import conditions
from benchmarks.latency.rendering.headline import headline
from benchmarks.latency.rendering.rows import Reading
from benchmarks.latency.rendering.tables import Table, tables

_SPECIAL = re.compile(r"[\\`*\[\]<>|&~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def markdown(reading: Reading) -> str:
    """Return the document: what comes first, a table for each scenario and for the rest, and the conditions."""
    return "\n".join(_lines(reading)) + "\n"


def table_lines(table: Table) -> list[str]:
    """Return the lines of one table, without its title."""
    return _grid(table.columns, [[str(cell) for cell in row] for row in table.rows])


def plain(text: str) -> str:
    """Return ``text`` on one line, with everything that Markdown or HTML would take for its own made harmless."""
    return _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))


def _lines(reading: Reading) -> Iterator[str]:
    yield from (
        "# Latency",
        "",
        f"Taken {plain(reading.report.created)}. Times are wall clock; intervals are 95 %.",
        "",
    )
    for claim in headline(reading):
        yield f"- **{plain(claim.question)}** {plain(claim.answer)}: {plain(claim.detail)}."
    for table in tables(reading):
        yield from ("", f"## {plain(table.title.capitalize())}", "")
        if table.about:
            yield from (table.about, "")
        yield from table_lines(table)
    for part in conditions(reading):
        yield from ("", f"## {part.title.capitalize()}", "")
        yield from _grid(("", ""), part.facts)


def _grid(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(columns)} |",
        f"|{'---|' * len(columns)}",
        *(f"| {' | '.join(map(plain, row))} |" for row in rows),
    ]
