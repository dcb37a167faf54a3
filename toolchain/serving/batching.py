"""Pictures that wait are scored together: a queue, and workers that take what is there.

async with batching(predict, settings, watch) as score:
    scores = await score(pixels)                    # one row of the batch that it went into
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from math import ceil
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.runtimes import Predict
from toolchain.serving.refusals import Refused
from toolchain.serving.settings import Settings
from toolchain.serving.watching import Watch

Pixels = NDArray[np.uint8]
Score = Callable[[Pixels], Coroutine[Any, Any, list[float]]]
"""Scores of one picture, uint8 [height, width, 3]: finite numbers in [0, 1] by category. Raises Refused."""


@dataclass(frozen=True, eq=False)
class _Waiting:
    pixels: Pixels
    scores: "asyncio.Future[list[float]]"
    since: float


@asynccontextmanager
async def batching(predict: Predict, settings: Settings, watch: Watch) -> AsyncIterator[Score]:
    """Yield what scores one picture; ``settings.workers`` runs go on at once, each on a thread of its own.

    A caller that is cancelled while its picture waits takes it out of the queue's work: it goes into no batch. The
    queue is as long as there are callers, so whoever admits them bounds it.
    """
    queue: asyncio.Queue[_Waiting] = asyncio.Queue()

    async def score(pixels: Pixels) -> list[float]:
        waiting = _Waiting(pixels, asyncio.get_running_loop().create_future(), perf_counter())
        queue.put_nowait(waiting)
        watch.queue_depth.set(queue.qsize())
        return await waiting.scores

    with ThreadPoolExecutor(settings.workers, thread_name_prefix="model") as pool:
        workers = [asyncio.create_task(_work(queue, pool, predict, settings, watch)) for _ in range(settings.workers)]
        try:
            yield score
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)


async def _work(
    queue: "asyncio.Queue[_Waiting]", pool: ThreadPoolExecutor, predict: Predict, settings: Settings, watch: Watch
) -> None:
    loop = asyncio.get_running_loop()
    while True:
        taken = await _take(queue, settings)
        watch.queue_depth.set(queue.qsize())
        batch = [one for one in taken if not one.scores.done()]  # the others' callers have gone
        if not batch:
            continue
        began = perf_counter()
        for one in batch:
            watch.stage("queue", began - one.since)
        watch.batch_size.observe(len(batch))
        try:
            rows = await loop.run_in_executor(pool, _run, predict, [one.pixels for one in batch])
        except Exception as error:  # noqa: BLE001  whatever a runtime raises, each of its pictures gets an answer
            watch.runtime_failed(error)
            rows = []
        watch.stage("model", perf_counter() - began)
        _hand_out(batch, rows)


async def _take(queue: "asyncio.Queue[_Waiting]", settings: Settings) -> list[_Waiting]:
    """Return at least one that waits, and at most ``settings.batch``."""
    batch = [await queue.get()]
    if not settings.batch_wait:
        return batch + [queue.get_nowait() for _ in range(_size(1 + queue.qsize(), settings) - 1)]
    until = asyncio.get_running_loop().time() + settings.batch_wait
    with suppress(TimeoutError):
        async with asyncio.timeout_at(until):
            while len(batch) < settings.batch:
                batch.append(await queue.get())
    return batch


def _size(waiting: int, settings: Settings) -> int:
    """Return how many of those that wait go into one run (docs/decisions.md, 42).

    On a processor a run of a few takes nearly as long as as many runs, so who came first would wait for those behind:
    it is a whole batch where so many are there, and one otherwise. A GPU takes a worker's share.
    """
    if settings.device == "cuda":
        return min(ceil(waiting / settings.workers), settings.batch)
    return settings.batch if waiting >= settings.batch else 1


def _run(predict: Predict, pictures: list[Pixels]) -> list[list[float]]:
    scores: list[list[float]] = predict(np.stack(pictures)).tolist()
    return scores


def _hand_out(batch: list[_Waiting], rows: list[list[float]]) -> None:
    for index, one in enumerate(batch):
        if one.scores.done():
            continue
        if len(rows) != len(batch):
            one.scores.set_exception(Refused("failed", "the model could not be run"))
        elif not all(0 <= score <= 1 for score in rows[index]):
            one.scores.set_exception(Refused("failed", "the model's scores are not numbers from 0 to 1"))
        else:
            one.scores.set_result(rows[index])
