"""Tables as rct shows them: narrow, no vertical lines, numbers to the right."""

from collections.abc import Collection, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from toolchain.output import printable


def table(columns: Sequence[str], rows: Sequence[Sequence[str | Text]], right: Collection[str] = ()) -> Table:
    """Return a table of ``rows``, the columns named in ``right`` aligned to the right; long cells are folded."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", overflow="fold")
    _fill(made, rows)
    return made


def facts(rows: Sequence[tuple[str, str | Text]]) -> Table:
    """Return a table of names and values without a head."""
    made = Table(box=None, pad_edge=False, show_header=False)
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    _fill(made, rows)
    return made


def title(text: str) -> Text:
    """Return the heading of a table."""
    return Text(f"\n{printable(text)}\n", style="bold")


def verdict(passed: bool) -> Text:
    """Return PASS or FAIL, in green or red."""
    return Text("PASS", style="bold green") if passed else Text("FAIL", style="bold red")


def _fill(made: Table, rows: Sequence[Sequence[str | Text]]) -> None:
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(printable(cell)) for cell in row))
