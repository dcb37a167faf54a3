"""An audit as one page of HTML that needs nothing else: no script, no address, no picture unless asked for.

write_page(report, Path("audit.html"), pictures=None)

File names come from whoever made the dataset, so everything is escaped, and the page forbids scripts.
"""

from collections.abc import Sequence
from pathlib import Path

from models.errors import PictureError
from toolchain.data.audit.finding import AuditReport

_TEMPLATE = Path(__file__).with_name("page.html.j2")
_SHOWN = 4


def write_page(report: AuditReport, target: Path, pictures: Path | None) -> None:
    """Write the page to ``target``; ``pictures``: the folder of the examples, four of each finding are then shown."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page(report, pictures), "utf-8")


def page(report: AuditReport, pictures: Path | None = None) -> str:
    """Return the page; the same report gives the same bytes."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    shown = [[_thumbnails(pictures, one) for one in found.examples[:_SHOWN]] for found in report.findings]
    return environment.from_string(_TEMPLATE.read_text("utf-8")).render(report=report, shown=shown)


def _thumbnails(folder: Path | None, names: Sequence[str]) -> list[tuple[str, str]]:
    """Return name and address, as data, of each picture that can be shown, blurred."""
    from benchmarks.latency.rendering.thumbnails import thumbnail

    made: list[tuple[str, str]] = []
    if folder is None:
        return made
    for name in names[:_SHOWN]:
        try:
            made.append((name, thumbnail(folder / name)))
        except PictureError:
            continue
    return made
