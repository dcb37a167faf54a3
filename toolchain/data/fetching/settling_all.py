"""Many items at once, each a line in the journal when it is settled."""

import asyncio
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from toolchain.data.fetching.journal import JournalWriter, identity, read_journal
from toolchain.data.fetching.limits import Limits
from toolchain.data.fetching.pace import Pace
from toolchain.data.fetching.request import Request
from toolchain.data.fetching.settling import INCOMING, Settler
from toolchain.data.fetching.transport import CheckedTransport
from toolchain.data.fetching.turns import Turns
from toolchain.data.item import Item
from toolchain.data.problems import Problems
from toolchain.output import Progress

_ITEMS_PER_REQUEST = 8
"""Items begun for each request that may run: most wait for their host, so that a slow one does not hold up the rest."""

_FILES_AT_ONCE = 4
_SECONDS_BETWEEN_SYNCS = 0.5


def settle_all(
    request: Request,
    limits: Limits,
    writer: JournalWriter,
    placeholders: Mapping[str, str],
    progress: Progress,
    done: int,
    total: int,
) -> None:
    """Settle every item of ``request`` that is not settled, ``done`` of ``total`` being so already."""
    incoming = request.folder / INCOMING
    shutil.rmtree(incoming, ignore_errors=True)  # what a killed fetch left
    incoming.mkdir()
    pace = Pace(progress, done, total, monotonic())
    try:
        with read_journal(request.folder) as journal:
            items = (item for item in request.items(Problems()) if request.settled(item, journal) is None)
            asyncio.run(_settle(request, limits, writer, placeholders, items, pace))
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


async def _settle(
    request: Request,
    limits: Limits,
    writer: JournalWriter,
    placeholders: Mapping[str, str],
    items: Iterator[Item],
    pace: Pace,
) -> None:
    turns = Turns(limits.concurrency, limits.per_host, limits.gap, limits.patience)
    with ThreadPoolExecutor(_FILES_AT_ONCE, thread_name_prefix="files") as threads:
        async with CheckedTransport(limits) as transport:
            settler = Settler(request.folder, transport, turns, limits, threads, placeholders)

            async def work() -> None:
                for item in items:  # the same iterator for all
                    outcome = await settler.settle(item)
                    writer.add(identity(item), outcome)
                    pace.count(outcome)

            syncing = asyncio.create_task(_sync(writer, threads, pace))
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(limits.concurrency * _ITEMS_PER_REQUEST):
                        group.create_task(work())
            finally:
                syncing.cancel()
                pace.tell(monotonic())


async def _sync(writer: JournalWriter, threads: ThreadPoolExecutor, pace: Pace) -> None:
    while True:
        pace.tell(monotonic())
        await asyncio.sleep(_SECONDS_BETWEEN_SYNCS)
        await asyncio.get_running_loop().run_in_executor(threads, writer.sync)
