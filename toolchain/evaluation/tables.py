"""A report for a reader at a terminal: narrow tables, the doubts last."""

from rich.console import RenderableType
from rich.text import Text

from toolchain.evaluation.grids import counts, grids, head
from toolchain.evaluation.report import EvaluationReport
from toolchain.table import facts, table, title


def evaluation_tables(report: EvaluationReport) -> list[RenderableType]:
    """Return everything for a reader, narrow enough for 80 columns."""
    parts: list[RenderableType] = [facts(head(report))]
    for one in report.categories:
        parts.append(title(f"{one.name}: {counts(one)}"))
        for place, grid in enumerate(grids(one, report)):
            if place:
                parts.append(title(grid.title))
            shown = grid.rows[: grid.first]
            parts.append(table(grid.columns, shown, right={*grid.columns[1:]} - {*grid.words}))
            if len(grid.rows) > len(shown):
                parts.append(Text(f"and {len(grid.rows) - len(shown)} more, in the page and the JSON", style="dim"))
    if report.notes:
        parts += [title("notes"), facts([("", line) for line in report.notes])]
    return parts
