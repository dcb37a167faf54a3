"""What the machine has: processor, memory, GPU."""

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from models.cgroup import memory_limit
from models.processor import features, int8_saturates, processor_name, usable_cores


@dataclass(frozen=True)
class Gpu:
    """An NVIDIA GPU as its driver describes it; ``memory`` in bytes."""

    name: str
    driver: str
    memory: int


@dataclass(frozen=True)
class Machine:
    """``memory``: bytes that we may use. ``disk``: bytes free here. ``features``: those of models.processor."""

    system: str
    processor: str
    architecture: str
    features: tuple[str, ...]
    int8_saturates: bool
    cores: int
    usable_cores: int
    memory: int | None
    disk: int
    gpus: tuple[Gpu, ...]


def machine() -> Machine:
    """Look at the machine that we run on."""
    return Machine(
        system=platform.platform(),
        processor=processor_name(),
        architecture=platform.machine(),
        features=tuple(sorted(features())),
        int8_saturates=int8_saturates(),
        cores=os.cpu_count() or 1,
        usable_cores=usable_cores(),
        memory=_memory(),
        disk=shutil.disk_usage(Path.cwd()).free,
        gpus=_gpus(),
    )


def _memory() -> int | None:
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return None
    return min(whole, memory_limit() or whole)


def _gpus() -> tuple[Gpu, ...]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    command = [program, "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ()
    return gpus_in(done.stdout)


def gpus_in(text: str) -> tuple[Gpu, ...]:
    """Return the GPUs in what ``nvidia-smi`` prints as CSV: name, driver, memory in MiB."""
    rows = (line.split(", ") for line in text.splitlines())
    return tuple(Gpu(row[0], row[1], int(row[2]) << 20) for row in rows if len(row) == 3 and row[2].strip().isdigit())
