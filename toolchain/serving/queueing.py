"""What waits for a run, in the order of arrival, and how much of it a run takes.

line = Line(settings, watch)
line.put(waiting)                                               # from any thread
while batch := line.take():                                     # blocks; empty once the line is closed
    ...
"""

from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil
from threading import Condition
from time import monotonic, perf_counter

from toolchain.serving.decoding import Decoding
from toolchain.serving.settings import Settings
from toolchain.serving.watching import Watch

_DEEP = 2


@dataclass(frozen=True, eq=False)
class Waiting:
    """A picture, where its scores go, and since when (``perf_counter``) it waits. Cancelled scores go into no run."""

    decoding: Decoding
    scores: "Future[list[float]]" = field(default_factory=Future)
    since: float = field(default_factory=perf_counter)


class Line:
    """The pictures that wait. It is as long as there are callers, so whoever admits them bounds it."""

    def __init__(self, settings: Settings, watch: Watch) -> None:
        self._settings = settings
        self._depth = watch.queue_depth
        self._waiting: deque[Waiting] = deque()
        self._changed = Condition()
        self._closed = False

    def put(self, one: Waiting) -> None:
        """Add one at the end."""
        with self._changed:
            self._waiting.append(one)
            self._depth.set(len(self._waiting))
            self._changed.notify()

    def leave(self, one: Waiting) -> None:
        """Take one out that nobody waits for any more, if it is still there."""
        with self._changed, suppress(ValueError):
            self._waiting.remove(one)
            self._depth.set(len(self._waiting))

    def close(self) -> None:
        """Let everyone who takes go, now or once the line is empty."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def take(self) -> list[Waiting]:
        """Return the first of the line, as many as go into one run; wait while there is none, and the line is open."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if self._settings.batch_wait:
                    self._wait_for_company()
                if self._waiting or self._closed:  # another worker may have taken them all meanwhile
                    break
            count = run_size(len(self._waiting), self._settings)
            taken = [self._waiting.popleft() for _ in range(count)]
            self._depth.set(len(self._waiting))
            return taken

    def _wait_for_company(self) -> None:
        until = monotonic() + self._settings.batch_wait
        while len(self._waiting) < self._settings.batch and not self._closed and (left := until - monotonic()) > 0:
            self._changed.wait(left)


def run_size(waiting: int, settings: Settings) -> int:
    """Return how many of those that wait go into one run (docs/decisions.md, 42).

    On a processor a run of a few takes nearly as long as as many runs, so who came first would wait for those behind:
    it is one, or a whole batch where the line is so long that this no longer matters. A GPU takes a worker's share, and
    whoever waits for company takes what has come.
    """
    if settings.batch_wait:
        return min(waiting, settings.batch)
    if settings.device == "cuda":
        return min(ceil(waiting / settings.workers), settings.batch)
    if waiting >= _DEEP * settings.workers * settings.batch:
        return settings.batch
    return min(waiting, 1)
