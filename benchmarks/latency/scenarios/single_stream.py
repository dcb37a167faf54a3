"""SingleStream: one picture, and the next when its answer is there."""

from benchmarks.latency.plan import Plan
from benchmarks.latency.samples import Samples
from benchmarks.latency.scenarios import Field, Progress
from benchmarks.latency.turns import take_turns

TITLE = "one picture at a time"


def measure(field: Field, plan: Plan, progress: Progress) -> dict[str, tuple[Samples, ...]]:
    """Return for each contender the samples of queries of one picture."""
    return {name: (samples,) for name, samples in take_turns(field, plan, 1, progress, "single_stream").items()}
