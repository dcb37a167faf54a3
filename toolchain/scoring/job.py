"""What a process that scores has to know; it crosses to other processes and machines."""

from dataclasses import dataclass
from pathlib import Path

from models.runtimes import Device
from toolchain.data.fetching.addresses import Exemption
from toolchain.scoring.plan import Plan


@dataclass(frozen=True)
class Job:
    """A scoring that is under way.

    Attributes:
        bundle: the bundle, as ``toolchain.references`` names it.
        folder: where the shards and the plan are.
        plan: the plan.
        runtime: what runs the bundle, None for the first that runs its format.
        device: where it runs.
        workers: processes at work at once.
        threads: threads of the model, and of decoding, in each.
        batch: pictures per run of the model.
        private: places that may be connected to though their addresses are not public.
    """

    bundle: str
    folder: Path
    plan: Plan
    runtime: str | None = None
    device: Device = "cpu"
    workers: int = 1
    threads: int = 1
    batch: int = 16
    private: tuple[Exemption, ...] = ()
