"""Shares of time by operator, from what a runtime says of each node in each run."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from benchmarks.why.document import OperatorTime

WARMUP_RUNS = 3
FEWEST_RUNS = 5
MOST_RUNS = 30
SECONDS = 1.5


@dataclass(frozen=True)
class NodeTime:
    """One run of one node: its name, unique in the graph, its operator, and nanoseconds."""

    node: str
    operator: str
    ns: int


def operator_times(times: Iterable[NodeTime]) -> tuple[OperatorTime, ...]:
    """Return the share of each operator, the largest first: a node's time is the median of its runs.

    Nothing is returned where no time was seen at all.
    """
    by_node: dict[tuple[str, str], list[int]] = defaultdict(list)
    for time in times:
        by_node[time.node, time.operator].append(time.ns)
    spent: dict[str, float] = defaultdict(float)
    nodes: dict[str, int] = defaultdict(int)
    for (_, operator), runs in by_node.items():
        spent[operator] += median(runs)
        nodes[operator] += 1
    total = sum(spent.values())
    if not total:
        return ()
    shares = [OperatorTime(operator=name, nodes=nodes[name], share=spent[name] / total) for name in spent]
    return tuple(sorted(shares, key=lambda one: (-one.share, one.operator)))


def repeat(run: Callable[[], object]) -> int:
    """Call ``run`` for about ``SECONDS`` after ``WARMUP_RUNS`` calls; return how many calls came after those."""
    for _ in range(WARMUP_RUNS):
        run()
    start, runs = perf_counter(), 0
    while runs < FEWEST_RUNS or (runs < MOST_RUNS and perf_counter() - start < SECONDS):
        run()
        runs += 1
    return runs
