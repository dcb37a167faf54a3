"""Processes on this machine, each with the model and its own threads; a unit at a time goes to each.

A process that dies, killed or out of memory, is replaced, and its unit is done again, twice at the most.
"""

import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from models.errors import RctError
from toolchain.scoring.engines import Done
from toolchain.scoring.job import Job

SUMMARY = "processes on this machine"

TRIES = 3
"""How often a unit is begun."""


@dataclass(eq=False)
class _Worker:
    process: SpawnProcess
    wire: Connection
    unit: int | None = None


def run(job: Job, units: Sequence[int]) -> Iterator[Done]:
    """Score the units; yield each when its shard is there, or when its process has died three times.

    Raises:
        RctError: a process cannot load or run the bundle.
    """
    waiting, deaths = deque(units), Counter[int]()
    workers = [_start(job) for _ in range(min(job.workers, len(units)))]
    try:
        while waiting or any(worker.unit is not None for worker in workers):
            for worker in workers:
                if worker.unit is None and waiting:
                    _give(worker, waiting.popleft())
            for worker, unit in _ready(workers):
                answer = _answer(worker)
                if isinstance(answer, Exception):
                    raise answer
                if answer is not None:
                    worker.unit = None
                    yield Done(unit, answer)
                    continue
                deaths[unit] += 1
                workers[workers.index(worker)] = _start(job)
                if deaths[unit] < TRIES:
                    waiting.appendleft(unit)
                else:
                    yield Done(unit, lost=f"its process died {TRIES} times ({_death(worker.process.exitcode)})")
    finally:
        for worker in workers:
            worker.process.terminate()
            worker.wire.close()
        for worker in workers:
            worker.process.join()


def _start(job: Job) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(job, theirs), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _give(worker: _Worker, unit: int) -> None:
    worker.unit = unit
    with suppress(BrokenPipeError, ConnectionResetError):  # it has died: its sentinel says so
        worker.wire.send(unit)


def _ready(workers: Sequence[_Worker]) -> list[tuple[_Worker, int]]:
    """Wait, and return those that have answered or died, and the unit that each had."""
    busy = [(one, one.unit) for one in workers if one.unit is not None]
    events = set(wait([one.wire for one, _ in busy] + [one.process.sentinel for one, _ in busy]))
    return [(one, unit) for one, unit in busy if one.wire in events or one.process.sentinel in events]


def _answer(worker: _Worker) -> int | Exception | None:
    """Return the rows of the unit, the error that ended the process, or None where it died."""
    try:
        if worker.wire.poll():
            answer: int | Exception = worker.wire.recv()
            return answer
    except (EOFError, ConnectionResetError):
        pass
    worker.process.kill()
    worker.process.join()
    worker.wire.close()
    return None


def _death(code: int | None) -> str:
    return f"got {signal.Signals(-code).name}" if code is not None and code < 0 else f"got exit code {code}"


def _work(job: Job, wire: Connection) -> None:
    """Score units as they come in by ``wire``; the terminal's interrupt is for the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from toolchain.scoring.scorer import open_scorer

    try:
        with open_scorer(job) as scorer:
            while True:
                unit = wire.recv()
                wire.send(scorer.score(unit))
    except EOFError:
        return
    except RctError as error:
        wire.send(_portable(error))
    except OSError as error:
        wire.send(OSError(error.errno, error.strerror, error.filename))


def _portable(error: RctError) -> RctError:
    """Return the error as one that pickles, with its words and exit code."""
    return _CarriedError(error.subject, error.problem, error.advice)


class _CarriedError(RctError):
    """An error of another process."""

    def __reduce__(self) -> tuple[type["_CarriedError"], tuple[str, str, str]]:
        return _CarriedError, (self.subject, self.problem, self.advice)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
