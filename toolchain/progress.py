"""Three ways to show progress: live on a terminal, a line for each stage elsewhere, and not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from toolchain.output import Progress

_WORTH_TELLING = 1.0  # seconds; a stage that took less leaves no trace on the terminal
_BETWEEN_NOTES = 30.0  # seconds


def silent(text: str, *, done: int = 0, total: int | None = None, note: str = "") -> None:
    """Show nothing."""


def plain(say: Callable[[str], None], clock: Callable[[], float] = perf_counter) -> "Progress":
    """Return a progress that says each stage when it begins, and how a long one with a note goes, twice a minute."""
    current: list[tuple[str, float]] = []

    def progress(text: str, *, done: int = 0, total: int | None = None, note: str = "") -> None:
        now = clock()
        if [known for known, _ in current] != [text]:
            current[:] = [(text, now)]
            say(text if total is None else f"{text} ({total})")
        elif note and now - current[0][1] >= _BETWEEN_NOTES:
            current[:] = [(text, now)]
            say(f"  {done}{'' if total is None else f' of {total}'}, {note}")

    return progress


@contextmanager
def live(console: "Console") -> Iterator["Progress"]:
    """Yield a progress that shows the running stage with its count and time, and leaves a line for each long one."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    waiting = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    note_column = TextColumn("{task.fields[note]}", markup=False, style="dim")
    counting = (*waiting[:2], BarColumn(20), MofNCompleteColumn(), waiting[2], note_column)
    current: list[tuple[str, float]] = []

    def finish() -> None:
        for text, began in current:
            took = perf_counter() - began
            if took >= _WORTH_TELLING:
                console.print(f"  {text}, {took:.0f} s", style="dim")
        current.clear()

    # Standard output carries data and is left alone: rich would redirect it to the console, which is standard error.
    display = Progress(*waiting, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
    with display:
        task = display.add_task("", total=None, visible=False, note="")

        def progress(text: str, *, done: int = 0, total: int | None = None, note: str = "") -> None:
            if [known for known, _ in current] != [text]:
                finish()
                current.append((text, perf_counter()))
                display.columns = waiting if total is None else counting
                display.reset(task, description=text, total=total, visible=True)
            display.update(task, completed=done, total=total, note=note)

        yield progress
        finish()
