"""A report as one page of HTML that needs nothing else: no script, no address, plots inside, light and dark.

page(read(report))
page(read(report), pictures={"a.jpg": Path("a.jpg")})     # with a blurred thumbnail, if its scores changed

Names of contenders and pictures come from whoever made the run, so everything is escaped, and the page forbids scripts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.latency.rendering.agreement import changes
from benchmarks.latency.rendering.conditions import conditions
from benchmarks.latency.rendering.drawing import Ink, Plot, inks
from benchmarks.latency.rendering.headline import headline
from benchmarks.latency.rendering.plots import time_plots
from benchmarks.latency.rendering.rows import Reading
from benchmarks.latency.rendering.score_plots import score_plots
from benchmarks.latency.rendering.tables import tables
from benchmarks.latency.rendering.thumbnails import thumbnail

_TEMPLATE = Path(__file__).with_name("page.html.j2")
_SHOWN = 8


@dataclass(frozen=True)
class Thumbnail:
    """A blurred picture: its id, its address as data, and a line for each contender and category that moved it."""

    name: str
    address: str
    changes: tuple[str, ...]


def page(reading: Reading, pictures: Mapping[str, Path] | None = None) -> str:
    """Return the page; the same report gives the same bytes on the same machine.

    ``pictures``: files of the report's pictures by id. The eight whose scores changed most are then shown, blurred;
    none without it.

    Raises:
        PictureError: one of those cannot be read.
    """
    from jinja2 import Environment, StrictUndefined

    colours = inks(reading.standings)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_TEMPLATE.read_text("utf-8")).render(
        claims=headline(reading),
        noise=reading.noise,
        conditions=conditions(reading),
        inks=colours,
        legend=[(one.name, one.role, _dashes(colours[one.name])) for one in reading.standings],
        plots=_by_place(time_plots(reading), score_plots(reading)),
        reading=reading,
        report=reading.report,
        tables={table.anchor: table for table in tables(reading)},
        thumbnails=thumbnails(reading, pictures or {}),
    )


def thumbnails(reading: Reading, pictures: Mapping[str, Path]) -> list[Thumbnail]:
    """Return the eight of ``pictures`` whose scores changed most, blurred, the farthest first.

    Raises:
        PictureError: one of those cannot be read.
    """
    compared = {one.name: one.row.parity for one in reading.standings if one.row.parity is not None}
    lines: dict[str, list[str]] = {}
    farthest: dict[str, float] = {}
    for contender, parity in compared.items():
        for change in changes(parity):
            before, after = f"{change.before:.4f}", f"{change.after:.4f}"
            if change.picture in pictures and before != after:
                lines.setdefault(change.picture, []).append(f"{contender}, {change.category}: {before} to {after}")
                farthest[change.picture] = max(change.size, farthest.get(change.picture, 0.0))
    shown = sorted(farthest, key=lambda picture: -farthest[picture])[:_SHOWN]
    return [Thumbnail(name, thumbnail(pictures[name]), tuple(lines[name])) for name in shown]


def _by_place(times: Sequence[Plot], scores: Sequence[Plot]) -> dict[str, list[Plot]]:
    """Return the plots under the table that they belong to."""
    places = {"pareto": "overview", "throughput": "offline", "service": "server", "course": "noise"}
    placed: dict[str, list[Plot]] = {}
    for plot in (*times, *scores):
        place = plot.name.removeprefix("distribution-") if plot.name.startswith("distribution-") else ""
        placed.setdefault(place or places.get(plot.name, "decisions"), []).append(plot)
    return placed


def _dashes(ink: Ink) -> str:
    """Return the SVG dash array of a line in this ink."""
    return {"-": "none", "--": "5 3", ":": "1.5 2.5", "-.": "6 2 1.5 2"}[ink.dash]
