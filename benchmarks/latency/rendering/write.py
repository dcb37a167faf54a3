"""A run's documents in a folder: everything as JSON, and the same to read.

write_reports(report, Path("reports/today"))     # report.json, report.md, report.html
"""

import os
from collections.abc import Mapping
from pathlib import Path

from benchmarks.latency.rendering.html import page
from benchmarks.latency.rendering.markdown import markdown
from benchmarks.latency.rendering.rows import read
from benchmarks.latency.report import LatencyReport
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
    texts = {
        "report.json": report.model_dump_json(indent=1) + "\n",
        "report.md": markdown(reading),
        "report.html": page(reading, pictures),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(_replaced(folder / name, text) for name, text in texts.items())
    except OSError as error:
        problem = f"cannot be written to ({error.strerror or error})"
        raise UserError(folder, problem, "Choose another folder.") from error


def _replaced(file: Path, text: str) -> Path:
    """Write beside ``file``, then rename: a reader never sees half of it."""
    scratch = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        scratch.write_text(text, "utf-8")
        scratch.replace(file)
    finally:
        scratch.unlink(missing_ok=True)
    return file
