"""Three ways to show progress: live on a terminal, a line for each stage elsewhere, and not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from toolchain.output import Progress

_WORTH_TELLING = 1.0  # seconds; a stage that took less leaves no trace on the terminal


def silent(text: str, *, done: int = 0, total: int | None = None) -> None:
    """Show nothing."""


def plain(say: Callable[[str], None]) -> "Progress":
    """Return a progress that says each stage once, when it begins."""
    told: list[str] = []

    def progress(text: str, *, done: int = 0, total: int | None = None) -> None:  # noqa: ARG001
        if told[-1:] != [text]:
            told.append(text)
            say(text if total is None else f"{text} ({total})")

    return progress


@contextmanager
def live(console: "Console") -> Iterator["Progress"]:
    """Yield a progress that shows the running stage with its count and time, and leaves a line for each long one."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    waiting = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    counting = (*waiting[:2], BarColumn(20), MofNCompleteColumn(), waiting[2])
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
        task = display.add_task("", total=None, visible=False)

        def progress(text: str, *, done: int = 0, total: int | None = None) -> None:
            if [known for known, _ in current] != [text]:
                finish()
                current.append((text, perf_counter()))
                display.columns = waiting if total is None else counting
                display.reset(task, description=text, total=total, visible=True)
            display.update(task, completed=done, total=total)

        yield progress
        finish()
