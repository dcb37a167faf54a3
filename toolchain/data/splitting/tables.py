"""A split for a reader at a terminal."""

from rich.console import RenderableType

from toolchain.data.audit.tables import example_rows
from toolchain.data.splitting.report import SplitReport
from toolchain.table import facts, table, title


def split_tables(report: SplitReport) -> list[RenderableType]:
    """Return the sides with their pictures, clusters, and yes and no to each category; then what leaks."""
    names = list(next(iter(report.sides.values())).categories)
    columns = ("split", "pictures", "clusters", *(f"{name} yes/no" for name in names))
    rows = [
        (side, f"{one.pictures:,}", f"{one.clusters:,}", *(f"{a.yes:,}/{a.no:,}" for a in one.categories.values()))
        for side, one in report.sides.items()
    ]
    parts: list[RenderableType] = [title(report.place), table(columns, rows, right=columns[1:])]
    if report.outside:
        parts.append(facts([("in no split", f"{report.outside:,} pictures")]))
    for finding in report.findings:
        parts += [title(f"{finding.title}: {finding.pictures:,} pictures"), facts(example_rows(finding))]
    return parts
