"""How many threads are worth starting here."""

import os

from models.cgroup import processor_quota


def cores() -> int:
    """Return the processor cores that this process may use, 1 at least."""
    quota = processor_quota()
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(there, int(quota) if quota else there))
