"""Offline: everything is there from the start, and pictures a second are what counts; by the size of the batch."""

from benchmarks.latency.plan import Plan
from benchmarks.latency.samples import Samples
from benchmarks.latency.scenarios import Field, Progress
from benchmarks.latency.turns import take_turns

TITLE = "large batches, pictures a second"


def measure(field: Field, plan: Plan, progress: Progress) -> dict[str, tuple[Samples, ...]]:
    """Return for each contender the samples of each of ``plan.batches``, in their order."""
    found: dict[str, tuple[Samples, ...]] = {}
    for batch in plan.batches:
        samples = take_turns(field, plan, batch, progress, f"offline, batches of {batch}", found)
        found = {name: (*found.get(name, ()), one) for name, one in samples.items()}
    return found
