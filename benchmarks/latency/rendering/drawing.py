"""Where the plots are drawn: matplotlib to SVG for a page, in the page's own ink, the same bytes for the same figures.

    with drawing("distributions", "Share of queries by time", height=3.2) as figure:
        axes = figure.subplots()
        ...
    figure.svg                        # inline SVG, no address in it

Nothing of matplotlib's is changed for good: its settings are put back, and no figure is registered with pyplot.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, filterwarnings

from benchmarks.latency.rendering.rows import Role, Standing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 7.6
INK, MUTED, GRID = "#101112", "#808182", "#e0e1e2"
"""Stand-ins, which become the page's own colours: readable in the light and in the dark."""
_PAGE = {INK: "currentColor", MUTED: "var(--muted)", GRID: "var(--line)"}

_PALETTES: dict[Role, tuple[str, ...]] = {
    "original": (INK,),
    "ours": ("#2389da", "#12a08a", "#7d6ff0", "#3fa34d", "#38b6d8", "#a78bda"),
    "peer": ("#e2672c", "#d4418e", "#c48a0a", "#d6453d", "#a8764a", "#e58f8f"),
}
_NARROW = 4.0
_DASHES = ("-", "--", ":", "-.")

_SETTINGS: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": MUTED,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlesize": "medium",
    "figure.constrained_layout.use": True,
    "font.size": 9.0,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.6,
    "svg.fonttype": "none",
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
}


@dataclass(frozen=True)
class Ink:
    """How a contender is drawn: a colour, and a dash once the colours of its role are used up."""

    colour: str
    dash: str = "-"

    @property
    def on_page(self) -> str:
        """The colour as the page writes it."""
        return _PAGE.get(self.colour, self.colour)


@dataclass
class Plot:
    """``name`` is unique on the page; ``title`` says what is seen, ``about`` how to read it. ``svg``: once drawn."""

    name: str
    title: str
    about: str
    figure: "Figure" = field(repr=False)
    svg: str = ""

    def axes(self, rows: int = 1, columns: int = 1, **options: Any) -> list[Any]:
        """Return ``rows * columns`` axes, row by row."""
        return list(self.figure.subplots(rows, columns, squeeze=False, **options).flat)


def inks(standings: Sequence[Standing]) -> dict[str, Ink]:
    """Return how each contender is drawn, by name: the original in ink, ours in cool colours, peers in warm ones."""
    chosen: dict[str, Ink] = {}
    used: dict[Role, int] = {"original": 0, "ours": 0, "peer": 0}
    for standing in standings:
        colours = _PALETTES[standing.role]
        turn, which = divmod(used[standing.role], len(colours))
        dash = "--" if standing.role == "original" else _DASHES[turn % len(_DASHES)]
        chosen[standing.name] = Ink(colours[which], dash)
        used[standing.role] += 1
    return chosen


@contextmanager
def drawing(name: str, title: str, about: str, height: float) -> Iterator[Plot]:
    """Give a figure to draw on, ``height`` inches where the width is 7.6; its SVG is there when the block is left."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(), catch_warnings():
        filterwarnings("ignore", message="Glyph .* missing from font")  # the page's reader has other fonts
        mpl.rcdefaults()
        mpl.rcParams.update({**_SETTINGS, "svg.hashsalt": name})
        figure = Figure(figsize=(WIDTH, height))
        FigureCanvasSVG(figure)
        plot = Plot(name, title, about, figure)
        yield plot
        written = StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(written, format="svg", transparent=True, metadata=nothing)
    plot.svg = _inline(written.getvalue(), name, title)


def logarithmic(axis: Any, set_scale: Callable[[str], object]) -> None:
    """Give an axis a logarithmic scale with plain numbers at 1, 2 and 5; a range under 4 to 1 stays linear."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    low, high = axis.get_data_interval()
    if low > 0 and high < _NARROW * low:
        return
    set_scale("log")
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: _plain(value)))
    axis.set_minor_formatter(NullFormatter())
    axis.grid(visible=True, which="minor", color=GRID, linewidth=0.3)


def _inline(svg: str, name: str, title: str) -> str:
    """Make a document of matplotlib's a part of a page: no addresses, ids of its own, and the page's colours."""
    body = svg[svg.index("<svg") :]
    opening, _, rest = body.partition(">")
    (box,) = re.findall(r'viewBox="[^"]*"', opening)
    rest = re.sub(r"<metadata>.*?</metadata>", "", rest, flags=re.DOTALL)
    rest = rest.replace("xlink:href=", "href=").replace(' xmlns="http://www.w3.org/1999/xhtml"', "")
    rest = re.sub(r'\bid="', f'id="{name}-', rest)
    rest = re.sub(r'\bhref="#', f'href="#{name}-', rest)
    rest = rest.replace("url(#", f"url(#{name}-")
    for stand_in, colour in _PAGE.items():
        rest = rest.replace(stand_in, colour)
    return f'<svg {box} role="img" aria-label="{escape(title)}">{rest.strip()}'


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:g}"
