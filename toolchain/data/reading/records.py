"""The records of a CSV file, one by one, so that a quote too many costs one line and not all up to the next quote.

for number, fields in records(text, ",", 3, 2):    # 2, ["1", "a", "b"]
    ...                                            # 3, None: no record begins in this line
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator


class _Lines:
    """Lines as a parser takes them, remembered until it has a record of them, so that they can be taken again."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.ended = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines, None)
        if line is None:
            self.ended = True
            raise StopIteration
        self.taken.append(line)
        return line

    def forget(self, count: int) -> None:
        """Forget the first ``count`` of the lines that were taken; the others come again."""
        self._again.extendleft(reversed(self.taken[count:]))
        self.taken.clear()
        self.ended = False


def records(
    lines: Iterable[str], delimiter: str, fields: int, first: int = 1
) -> Iterator[tuple[int, list[str] | None]]:
    """Yield the number of the line that a record begins in, and its fields; None for a line that begins none.

    A record may go over several lines, in quotes, if it has the wanted number of fields and nothing between a quote
    and the next delimiter. Otherwise its quote is one too many: its first line is none, and those after it are read
    again. Within one line the parser is forgiving, and what has another number of fields is yielded as it is. Empty
    lines are passed over.

    Args:
        lines: with their ends.
        delimiter: between fields.
        fields: how many a record should have.
        first: the number of the first line.
    """
    feed = _Lines(lines)
    reader = csv.reader(feed, delimiter=delimiter)
    number = first
    while True:
        try:
            row = next(reader, None)
        except csv.Error:  # a field of more than 128 KiB, so a quote without an end
            row = None
        count = len(feed.taken)
        if not count:
            return
        if row is None or ((count > 1 or feed.ended) and not _is_whole(feed.taken, delimiter, fields)):
            row, count = None, 1
        feed.forget(count)
        if row != []:
            yield number, row
        number += count


def _is_whole(lines: list[str], delimiter: str, fields: int) -> bool:
    try:
        (row,) = csv.reader(lines, delimiter=delimiter, strict=True)
    except (csv.Error, ValueError):
        return False
    return len(row) == fields
