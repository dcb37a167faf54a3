"""Times as a machine makes them, without the machine: drift, neighbours that come and go, long tails, all seeded."""

import numpy as np

from benchmarks.latency.samples import Samples

MS = 1_000_000


def samples(rounds, *, batch=1, cpu=1.0, **rest):
    """Samples of ``rounds``, times in ms; the processor was busy for ``cpu`` times the wall-clock time."""
    ns = tuple(tuple(max(1, round(time * MS)) for time in one) for one in rounds)
    wall = tuple(map(sum, ns))
    return Samples(batch=batch, rounds=ns, wall_ns=wall, cpu_ns=tuple(round(one * cpu) for one in wall), **rest)


def drift(rng, rounds):
    """A slow random walk that everything on the machine shares, relative, [rounds]."""
    return np.exp(np.cumsum(rng.normal(0, 0.02, rounds)))


def noisy(rng, shared, *, queries=15, ms=10.0):
    """Times [rounds, queries] under the drift ``shared``: one turn in six disturbed, queries alike, long tails."""
    rounds = len(shared)
    own = rng.normal(0, 0.01, rounds) + (rng.random(rounds) < 1 / 6) * rng.exponential(0.2, rounds)
    steps = rng.normal(0, 0.02, (rounds, queries))
    for query in range(1, queries):
        steps[:, query] += 0.7 * steps[:, query - 1]
    tail = (rng.random((rounds, queries)) < 0.1) * rng.pareto(1.5, (rounds, queries))
    return ms * shared[:, None] * np.exp(own[:, None] + steps) * (1 + 0.3 * tail)
