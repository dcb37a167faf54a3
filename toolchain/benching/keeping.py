"""What is left of a run of ``rct bench`` that is ended: SIGTERM ends it as SIGINT does, and whole rounds are kept.

with kept(Path("reports/today"), output, json=False) as keep:
    report = bench(request, progress, warn, keep)
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.latency.report import LatencyReport
from benchmarks.latency.report_file import DOCUMENT, write_report
from models.errors import InterruptedRun
from toolchain.benching.bench import save
from toolchain.output import Output

_AGAIN = "Measure the rest by another rct bench."


class Keeper:
    """Takes partial reports; ``last`` is the newest. With a ``folder`` its report.json is always the newest, too.

    A folder that cannot be written any more is warned of once, and the run goes on.
    """

    def __init__(self, folder: Path | None, warn: Callable[[str], None]) -> None:
        self.last: LatencyReport | None = None
        self._folder, self._warn = folder, warn

    def __call__(self, report: LatencyReport) -> None:
        """Keep ``report``."""
        self.last = report
        if self._folder is None:
            return
        try:
            write_report(report, self._folder / DOCUMENT)
        except OSError as error:
            self._warn(f"{self._folder}: cannot be written to ({error.strerror or error}). Nothing is kept on the way.")
            self._folder = None

    def interrupted(self) -> InterruptedRun | None:
        """Return the one line of a run that was ended here; None if nothing is left of it."""
        if self.last is None:
            return None
        where = "" if self._folder is None else f" What was measured is in {self._folder / DOCUMENT}."
        return InterruptedRun("interrupted", self.last.progress, where.strip() or _AGAIN)


@contextmanager
def kept(folder: Path | None, output: Output, *, json: bool) -> Iterator[Keeper]:
    """Yield what takes the run's partial reports, and leave the last of them in every form that was asked for.

    Raises:
        InterruptedRun: the run was ended after its first round.
        KeyboardInterrupt: it was ended before.
    """
    keeper = Keeper(folder, output.warn)
    try:
        with _ended_by_sigterm():
            yield keeper
    except KeyboardInterrupt:
        problem = keeper.interrupted()
        if problem is None or keeper.last is None:
            raise
        if json:
            output.line(keeper.last.model_dump_json(indent=2))
        if folder is not None:
            with output.progress() as progress:
                save(keeper.last, folder, progress)
        raise problem from None


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Have SIGTERM raise KeyboardInterrupt, as SIGINT does; only a main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
