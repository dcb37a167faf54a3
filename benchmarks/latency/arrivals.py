"""Queries that come when they come: a Poisson process, and one queue in front of one server.

arrivals = poisson(rate=40.0, count=500, seed=0)      # seconds from the start, known before the clock runs
timed = serve(queries, arrivals)                      # each from its scheduled arrival to its answer
"""

from array import array
from collections.abc import Sequence
from time import perf_counter_ns, process_time_ns, sleep

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.stages import Query
from benchmarks.latency.timing import Timed, no_collection

_LEAD_NS = 1_000_000


def poisson(rate: float, count: int, seed: int) -> NDArray[np.float64]:
    """Return the arrival times of ``count`` queries in seconds: gaps are exponential with the mean ``1 / rate``."""
    return np.cumsum(np.random.default_rng(seed).exponential(1 / rate, count))


def serve(queries: Sequence[Query], arrivals: NDArray[np.float64]) -> Timed:
    """Answer one query at a time, in the order of their arrival; a time is from the scheduled arrival to the answer.

    Waiting is sleeping, as a server does. It never spins, which would keep the core awake and its clock up as no real
    server does; so waking late by some 60 microseconds, which Linux allows itself, is part of a query's time.
    """
    schedule = [int(arrival * 1e9) for arrival in arrivals]
    times = array("q", bytes(8 * len(schedule)))
    answers: list[object] = [None] * len(schedule)
    distinct, clock = len(queries), perf_counter_ns
    with no_collection():
        cpu = process_time_ns()
        began = clock() + _LEAD_NS
        for place, offset in enumerate(schedule):
            arrival = began + offset
            wait = arrival - clock()
            if wait > 0:
                sleep(wait / 1e9)
            answers[place] = queries[place % distinct]()
            times[place] = clock() - arrival
        wall = clock() - began
        cpu = process_time_ns() - cpu
    return Timed(tuple(times), wall, cpu, tuple(answers))
