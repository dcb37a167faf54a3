"""MultiStream: eight pictures together, and the next eight when their answer is there."""

from benchmarks.latency.plan import Plan
from benchmarks.latency.samples import Samples
from benchmarks.latency.scenarios import Field, Progress
from benchmarks.latency.turns import take_turns

TITLE = "eight pictures at a time"
PICTURES = 8
"""MLPerf Inference's number of samples in a query of this scenario."""


def measure(field: Field, plan: Plan, progress: Progress) -> dict[str, tuple[Samples, ...]]:
    """Return for each contender the samples of queries of eight pictures."""
    found = take_turns(field, plan, PICTURES, progress, "multi_stream")
    return {name: (samples,) for name, samples in found.items()}
