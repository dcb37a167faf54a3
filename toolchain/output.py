"""The one object that prints: data on standard output, talk and progress on standard error.

    output = Output(quiet=True)
    output.document({"passed": True})          # JSON on standard output
    output.show(table)                         # or something for eyes
    output.say("Next: rct verify exports/x")   # on standard error; not when quiet
    with output.progress() as progress:        # a bar on a terminal, plain lines elsewhere
        progress("scoring", done=3, total=100)

Colours and live displays are for terminals only, and ``NO_COLOR`` is honoured.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text


class ReaderGone(Exception):  # noqa: N818
    """Whoever read our standard output has closed it; there is nobody left to tell."""


class Progress(Protocol):
    """Says what is being done and, where it can be counted, how much of it is done; ``note`` says how it goes."""

    def __call__(self, text: str, *, done: int = 0, total: int | None = None, note: str = "") -> None: ...  # noqa: D102


@dataclass(frozen=True)
class Output:
    """Where a command's words go. ``quiet`` leaves out talk and progress, never data, warnings or errors."""

    quiet: bool = False
    _displays: list["Console"] = field(default_factory=list, repr=False, compare=False)

    def document(self, value: object) -> None:
        """Print ``value`` as one indented JSON document."""
        self.line(json.dumps(value, indent=2, allow_nan=False))

    def line(self, text: str) -> None:
        """Print one line of data, as it is."""
        _write(f"{text}\n", sys.stdout)

    def show(self, *parts: "RenderableType") -> None:
        """Print tables for a reader, folded to the width of the terminal, and an empty line after them."""
        _write(_rendered(sys.stdout, *parts, ""), sys.stdout)

    def styled(self, line: "Text") -> None:
        """Print one line of data, in colours on a terminal, never folded."""
        _write(_rendered(sys.stdout, line, wrap=False), sys.stdout)

    def say(self, text: str) -> None:
        """Print one line of talk."""
        if not self.quiet:
            self._tell(text, "")

    def warn(self, text: str) -> None:
        """Print one line that must be seen, though the work goes on."""
        self._tell(f"rct: {text}", "yellow")

    def fail(self, text: str) -> None:
        """Print the one line that says why the work did not go on."""
        self._tell(f"rct: {text}", "red")

    def _tell(self, text: str, style: str) -> None:
        from rich.text import Text

        line = Text(printable(text), style=style)
        if self._displays:  # it knows how to print above itself
            self._displays[-1].print(line, soft_wrap=True)
        else:
            _write(_rendered(sys.stderr, line, wrap=False), sys.stderr)

    @contextmanager
    def progress(self, *, beside_data: bool = False) -> Iterator[Progress]:
        """Yield what a long-running function reports its progress to.

        ``beside_data``: it prints data meanwhile. On a terminal the data is progress enough.
        """
        from toolchain.progress import live, plain, silent

        if self.quiet or (beside_data and sys.stdout.isatty()):
            yield silent
        elif sys.stderr.isatty():
            # A file of its own: what else is written to standard error meanwhile may be held back (tensorflow_noise).
            with os.fdopen(
                os.dup(sys.stderr.fileno()), "w", encoding=sys.stderr.encoding, errors="backslashreplace"
            ) as own:
                console = _console(own)
                self._displays.append(console)
                try:
                    with live(console) as progress:
                        yield progress
                finally:
                    self._displays.pop()
        else:
            yield plain(self.say)


def size_text(size: float) -> str:
    """Return a number of bytes in decimal units: ``23.6 MB``."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def printable(text: str) -> str:
    """Return ``text`` with everything that could steer a terminal written as an escape, so that it is one line.

    File names may hold line ends, colour codes and bytes that are no text.
    """
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def _console(stream: TextIO) -> "Console":
    from rich.console import Console

    return Console(file=stream, highlight=False, markup=False, emoji=False)


def _rendered(stream: TextIO, *parts: Any, wrap: bool = True) -> str:
    console = _console(stream)
    with console.capture() as captured:
        console.print(*parts, sep="\n", soft_wrap=not wrap)
    text = captured.get()
    return text if console.is_terminal else "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def _write(text: str, stream: TextIO) -> None:
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError as error:
        raise ReaderGone from error
