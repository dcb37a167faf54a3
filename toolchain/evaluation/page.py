"""A report as one page of HTML that needs nothing else: no script, no address, no pictures; plots inside.

write_page(report, Path("report.html"))
"""

import os
from pathlib import Path

from models.errors import UserError
from toolchain.evaluation.grids import counts, grids, head
from toolchain.evaluation.plots import category_plots
from toolchain.evaluation.report import EvaluationReport

_TEMPLATE = Path(__file__).with_name("page.html.j2")


def page(report: EvaluationReport) -> str:
    """Return the page; the same report gives the same bytes on the same machine."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_TEMPLATE.read_text("utf-8")).render(
        report=report,
        head=head(report),
        categories=[
            (one.name, counts(one), list(grids(one, report)), list(category_plots(one, report)))
            for one in report.categories
        ],
    )


def write_page(report: EvaluationReport, file: Path) -> Path:
    """Write the page to ``file``, whole or not at all; return it.

    Raises:
        UserError: it cannot be written.
    """
    scratch = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_text(page(report), "utf-8")
        scratch.replace(file)
    except OSError as error:
        raise UserError(file, f"cannot be written ({error.strerror or error})", "Choose another place.") from error
    finally:
        scratch.unlink(missing_ok=True)
    return file
