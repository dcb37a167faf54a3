"""A run's documents in a folder: everything as JSON, and the same to read.

write_reports(report, Path("reports/today"))     # report.json, report.md, report.html
"""

from collections.abc import Mapping
from pathlib import Path

from benchmarks.latency.rendering.html import page
from benchmarks.latency.rendering.markdown import markdown
from benchmarks.latency.rendering.rows import read
from benchmarks.latency.report import LatencyReport
from benchmarks.latency.report_file import DOCUMENT, replace_text, write_report
from models.errors import UserError


def write_reports(report: LatencyReport, folder: Path, pictures: Mapping[str, Path] | None = None) -> tuple[Path, ...]:
    """Write ``report.json``, ``report.md`` and ``report.html`` into ``folder``, made if need be; return them.

    Each is there whole or as it was before. ``pictures``: files by the report's ids of pictures; those whose scores
    changed most are then shown in the page, blurred.

    Raises:
        UserError: the folder cannot be written to.
        PictureError: one that is to be shown cannot be read.
    """
    reading = read(report)
    texts = {"report.md": markdown(reading), "report.html": page(reading, pictures)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        document = write_report(report, folder / DOCUMENT)
        return (document, *(replace_text(folder / name, text) for name, text in texts.items()))
    except OSError as error:
        problem = f"cannot be written to ({error.strerror or error})"
        raise UserError(folder, problem, "Choose another folder.") from error
