"""What else the machine did during a run: processor time of others, and what the hypervisor kept for itself.

before = look()
...                                  # workers start, answer and end
load_between(before, look())         # MachineLoad(seconds=61.2, cores=2, busy=1.31, ours=1.28, steal=0.01)

Linux only; elsewhere ``look`` returns None, and so does ``load_between``.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from pydantic import Field

from models.document import Document

_TICKS_PER_SECOND = 100  # USER_HZ, which Linux promises to programs
_IDLE, _IOWAIT, _STEAL = 3, 4, 7
_COUNTED = 8  # what follows, time of guests, is part of the first two columns


class MachineLoad(Document):
    """Cores at work during ``seconds`` of a run, on average: ``busy`` of ``cores``, of which ``ours`` for the run.

    ``ours``: the run's process and the workers that it has waited for. ``steal``: cores that the hypervisor gave to
    others while something here wanted them. In a container ``cores`` and ``busy`` are those of the whole machine.
    """

    seconds: float = Field(gt=0)
    cores: int = Field(gt=0)
    busy: float = Field(ge=0)
    ours: float = Field(ge=0)
    steal: float = Field(ge=0)

    @property
    def others(self) -> float:
        """Cores at work for anything else, on average."""
        return max(0.0, self.busy - self.ours)


@dataclass(frozen=True)
class Look:
    """One look at the counters, all in seconds: a clock, and processor time since the start of the machine."""

    clock: float
    cores: int
    busy: float
    ours: float
    steal: float


def look() -> Look | None:
    """Read the counters of this machine; call it before the workers start, and after they have ended."""
    try:
        text = Path("/proc/stat").read_text("ascii")
    except OSError:
        return None
    spent = os.times()
    return read(text, monotonic(), spent.user + spent.system + spent.children_user + spent.children_system)


def read(text: str, clock: float, ours: float) -> Look | None:
    """Read the counters in the text of ``/proc/stat`` (proc_stat(5)); None where it is not such a text.

    The columns of its first line are ticks in user, nice, system, idle, iowait, irq, softirq and steal.
    """
    lines = [line.split() for line in text.splitlines() if line.startswith("cpu")]
    if not lines or not all(word.isdigit() for word in lines[0][1:]):
        return None
    ticks = [int(word) for word in lines[0][1 : 1 + _COUNTED]]
    if len(lines) < 2 or len(ticks) < _COUNTED:
        return None
    working = sum(ticks) - ticks[_IDLE] - ticks[_IOWAIT] - ticks[_STEAL]
    return Look(clock, len(lines) - 1, working / _TICKS_PER_SECOND, ours, ticks[_STEAL] / _TICKS_PER_SECOND)


def load_between(before: Look | None, after: Look | None) -> MachineLoad | None:
    """Return the load between two looks; None where one is missing or no time has passed."""
    if before is None or after is None or after.clock <= before.clock:
        return None
    seconds = after.clock - before.clock
    return MachineLoad(
        seconds=seconds,
        cores=after.cores,
        busy=max(0.0, after.busy - before.busy) / seconds,
        ours=max(0.0, after.ours - before.ours) / seconds,
        steal=max(0.0, after.steal - before.steal) / seconds,
    )
