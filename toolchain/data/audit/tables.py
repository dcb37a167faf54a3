"""An audit for a reader at a terminal: what there is, what was found, and an example of each."""

from rich.console import RenderableType
from rich.text import Text

from toolchain.data.audit.finding import AuditReport, Finding, Severity
from toolchain.table import facts, table, title

_STYLES: dict[Severity, str] = {"severe": "bold red", "warning": "yellow", "note": "dim"}
_EXAMPLES = 3


def audit_tables(report: AuditReport) -> list[RenderableType]:
    """Return the report as tables, the worst first."""
    splits = ", ".join(f"{name or 'no split'} {count:,}" for name, count in report.splits.items())
    parts: list[RenderableType] = [title(f"{report.place}: {report.pictures:,} pictures ({splits})")]
    rows = [(name, f"{a.yes:,}", f"{a.no:,}", f"{a.unknown:,}") for name, a in report.categories.items()]
    parts.append(table(("category", "yes", "no", "not known"), rows, right={"yes", "no", "not known"}))
    if not report.findings:
        parts += [title("Findings"), facts([("", "nothing was found")])]
        return parts
    found = [
        (Text(one.severity, _STYLES[one.severity]), one.check, f"{one.pictures:,}", one.title)
        for one in report.findings
    ]
    parts += [title("Findings"), table(("severity", "check", "pictures", "what"), found, right={"pictures"})]
    for one in report.findings:
        parts += [title(f"{one.check}: {one.title}"), facts(_details(one))]
    return parts


def _details(finding: Finding) -> list[tuple[str, str | Text]]:
    rows: list[tuple[str, str | Text]] = [(name, f"{value}") for name, value in finding.figures.items()]
    return [*rows, *example_rows(finding), *([("what to do", finding.advice)] if finding.advice else [])]


def example_rows(finding: Finding) -> list[tuple[str, str | Text]]:
    """Return the first three examples as rows of a table, a file each; one that belongs to that above begins with =."""
    files = [f"{'= ' if place else ''}{name}" for one in finding.examples[:_EXAMPLES] for place, name in enumerate(one)]
    return [("such as" if place == 0 else "", name) for place, name in enumerate(files)]
