"""The timed loop: queries one after another, each with its own time, and nothing else between two clock readings.

timed = time_queries(queries, seconds=1.0, least=8, most=5000)
timed.times_ns, timed.wall_ns, timed.cpu_ns, timed.answers
"""

import gc
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter_ns, process_time_ns

from benchmarks.latency.stages import Query


@dataclass(frozen=True)
class Timed:
    """Nanoseconds of each query, of all of them from first start to last end, and of all threads of the process.

    ``answers`` are what the queries returned, in their order.
    """

    times_ns: tuple[int, ...]
    wall_ns: int
    cpu_ns: int
    answers: tuple[object, ...]


def time_queries(queries: Sequence[Query], *, seconds: float, least: int, most: int) -> Timed:
    """Ask for ``seconds``, at least ``least`` and at most ``most`` times, the queries in turn."""
    times = array("q", bytes(8 * most))
    answers: list[object] = [None] * most
    count, distinct, clock = 0, len(queries), perf_counter_ns
    with no_collection():
        cpu = process_time_ns()
        began = ended = clock()
        deadline = began + int(seconds * 1e9)
        while count < most and (count < least or ended < deadline):
            query = queries[count % distinct]
            started = clock()
            answer = query()
            ended = clock()
            times[count] = ended - started
            answers[count] = answer
            count += 1
        cpu = process_time_ns() - cpu
    return Timed(tuple(times[:count]), ended - began, cpu, tuple(answers[:count]))


@contextmanager
def no_collection() -> Iterator[None]:
    """Collect garbage once, and not again until the context ends."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def peak_rss_bytes() -> int:
    """Return the most memory that this process had at once, in bytes.

    Linux says so in VmHWM, which begins anew with a program; ``getrusage`` keeps what the parent had at the fork.
    """
    try:
        for line in Path("/proc/self/status").read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    import resource
    import sys

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
