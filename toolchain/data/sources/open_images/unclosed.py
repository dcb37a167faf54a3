"""Lines of a large CSV file in which a quote is opened and not closed, taken out while it is read.

A parser of CSV goes on to the next quote, be it many lines further on: what it has then is the beginning of one row
and the end of another. Fields of the files that are read here have no line ends, so such a line is known by itself.
"""

import csv
import io
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import numpy as np

_QUOTE, _COMMA, _LINE_FEED, _CARRIAGE_RETURN, _SPACE = b'",\n\r '


class Closed(io.RawIOBase):
    """A file as it is, but for the lines with a quote that is not closed: those are as many spaces.

    Lines keep their numbers and places. One that is longer than what is read at once is let through.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._begun = b""

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = 1 << 20) -> bytes:
        """Return whole lines, as many as fit into ``size`` bytes; nothing at the end."""
        found = self._begun + self._file.read(size - len(self._begun))
        ended = max(found.rfind(b"\n"), found.rfind(b"\r")) + 1
        if len(found) < size or not ended:
            ended = len(found)
        self._begun = found[ended:]
        return without_unclosed(found[:ended])


def without_unclosed(lines: bytes) -> bytes:
    """Return whole lines with spaces for those that have a quote that is not closed."""
    import numpy as np

    if b'"' not in lines:
        return lines
    text = np.frombuffer(lines, np.uint8)
    quotes = np.flatnonzero(text == _QUOTE)
    is_end = text == _LINE_FEED
    if b"\r" in lines:
        is_end |= text == _CARRIAGE_RETURN
    ends = np.append(np.flatnonzero(is_end), len(text))
    cleaned = None
    for line in np.unique(_doubtful(text, quotes, np.searchsorted(ends, quotes))):
        start, end = ends[line - 1] + 1 if line else 0, ends[line]
        if _is_unclosed(lines[start:end]):
            cleaned = text.copy() if cleaned is None else cleaned
            cleaned[start:end] = _SPACE
    return lines if cleaned is None else cleaned.tobytes()


def _doubtful(text: "np.ndarray", quotes: "np.ndarray", line_of: "np.ndarray") -> "np.ndarray":
    """Return the lines of quotes that are not plainly closed: an odd number, or one opened in the midst of a field."""
    import numpy as np

    number = np.arange(len(quotes))
    last = np.append(line_of[1:] != line_of[:-1], True)
    first = np.append(0, number[last][:-1] + 1)[np.cumsum(last) - last]  # of the quotes in the same line
    opens = (number - first) % 2 == 0
    before = np.where(quotes > 0, text[quotes - 1], _LINE_FEED)
    at_start = (before == _COMMA) | (before == _QUOTE) | (before == _LINE_FEED) | (before == _CARRIAGE_RETURN)
    return np.asarray(line_of[opens & (last | ~at_start)])


def _is_unclosed(line: bytes) -> bool:
    reader = csv.reader([line.decode("latin-1"), ""])
    try:
        next(reader)
    except csv.Error:  # a field of more than 128 KiB
        return True
    return reader.line_num > 1
