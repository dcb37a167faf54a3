"""The file of a run.

write_report(report, Path("before.json"))
report = read_report(Path("before.json"))
"""

import json
import os
from pathlib import Path

from pydantic import ValidationError

from benchmarks.latency.report import LatencyReport
from models.document import first_problem
from models.errors import UserError

DOCUMENT = "report.json"

_VERSION = LatencyReport.model_fields["schema_version"].default


def read_report(path: Path) -> LatencyReport:
    """Return the report in the file ``path``.

    Raises:
        OSError: the file cannot be read.
        UserError: it is not a report of a run, or one of another version, or a broken one.
    """
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:  # no JSON, or no text
        raise _not_a_report(path) from error
    version = document.get("schema_version") if isinstance(document, dict) else None
    if not isinstance(version, str) or not version.startswith("rct.latency/"):
        raise _not_a_report(path)
    if version != _VERSION:
        problem = f"a report of another version (got {version!r}, expected {_VERSION!r})"
        raise UserError(path, problem, "Read it with the rct that wrote it, or measure again.")
    try:
        return LatencyReport.model_validate(document)
    except ValidationError as error:
        raise UserError(path, first_problem(error), "Measure again with rct bench.") from error


def write_report(report: LatencyReport, file: Path) -> Path:
    """Write ``report`` into ``file``, which is there whole or as it was before; return it.

    Raises:
        OSError: it cannot be written.
    """
    return replace_text(file, report.model_dump_json(indent=1) + "\n")


def replace_text(file: Path, text: str) -> Path:
    """Write beside ``file``, then rename: a reader never sees half of it. Return ``file``.

    Raises:
        OSError: it cannot be written.
    """
    scratch = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        scratch.write_text(text, "utf-8")
        scratch.replace(file)
    finally:
        scratch.unlink(missing_ok=True)
    return file


def _not_a_report(path: Path) -> UserError:
    return UserError(path, "not a report of rct bench", "rct bench --out FOLDER writes report.json.")
