"""Pictures that wait are scored in the order of their arrival, by workers that take what is there.

async with batching(predict, settings, watch) as score:
    scores = await score(decoding)                              # a row of the run that it went into
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import InvalidStateError
from contextlib import asynccontextmanager, suppress
from threading import Thread
from time import perf_counter
from typing import Any

from models.runtimes import Predict
from toolchain.serving.decoding import Decoding
from toolchain.serving.queueing import Line, Waiting
from toolchain.serving.refusals import Refused
from toolchain.serving.running import FAILED, run
from toolchain.serving.settings import Settings
from toolchain.serving.watching import Watch

Score = Callable[[Decoding], Coroutine[Any, Any, list[float]]]
"""Scores of one picture: finite numbers in [0, 1] by category. Raises Refused, and what decoding raises."""


@asynccontextmanager
async def batching(predict: Predict, settings: Settings, watch: Watch) -> AsyncIterator[Score]:
    """Yield what scores one picture; ``settings.workers`` runs go on at once, each on a thread of its own.

    A worker decodes those of its pictures that are not decoded yet, and goes from run to run by itself: to be told by
    the event loop would leave its core idle until the loop comes to it. A caller that is cancelled while its picture
    waits or is decoded takes it out of the work: it goes into no run.
    """
    line = Line(settings, watch)

    async def score(decoding: Decoding) -> list[float]:
        waiting = Waiting(decoding)
        line.put(waiting)
        try:
            return await asyncio.wrap_future(waiting.scores)
        except asyncio.CancelledError:
            line.leave(waiting)
            raise

    workers: list[Thread] = []
    try:
        for _ in range(settings.workers):
            worker = Thread(target=_work, args=(line, predict, settings, watch))
            worker.start()
            workers.append(worker)
        yield score
    finally:
        line.close()
        for worker in workers:
            await asyncio.to_thread(worker.join)


def _work(line: Line, predict: Predict, settings: Settings, watch: Watch) -> None:
    """Take turns until the line is closed; between two turns nothing of the last one is held."""
    while _turn(line.take(), predict, settings, watch):
        pass


def _turn(taken: Sequence[Waiting], predict: Predict, settings: Settings, watch: Watch) -> bool:
    """Decode and run what was taken, and hand out the scores; return whether there was anything.

    Who goes away while decoding lasts is not run. A worker outlives whatever happens in its turn.
    """
    try:
        began = perf_counter()
        for one in taken:
            watch.stage("queue", began - one.since)
            one.decoding.run()
        batch = [one for one in taken if one.scores.set_running_or_notify_cancel()]
        outcomes = run(predict, [one.decoding for one in batch], settings, watch)
        for one, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                one.scores.set_exception(outcome)
            elif not all(0 <= score <= 1 for score in outcome):
                one.scores.set_exception(Refused("failed", "the model's scores are not numbers from 0 to 1"))
            else:
                one.scores.set_result(outcome)
    except BaseException as error:  # noqa: BLE001  nobody else would answer, and one worker less would not be seen
        watch.runtime_failed(error)
        for one in taken:
            with suppress(InvalidStateError):  # it has its answer, or nobody waits for it
                one.scores.set_exception(Refused("failed", FAILED))
    return bool(taken)
