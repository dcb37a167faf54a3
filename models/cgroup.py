"""What a container may use: the quota of its Linux control group, versions 1 and 2.

processor_quota()     # 2.0 cores, or None where there is no limit
memory_limit()        # 4294967296 bytes, or None
"""

from collections.abc import Iterator
from pathlib import Path

_UNLIMITED = 1 << 60  # version 1 writes "no limit" as the largest multiple of the page size


def processor_quota(root: Path = Path("/")) -> float | None:
    """Return how many cores' worth of time this process may use, None where nothing limits it.

    A group's limit holds for everything below it, so the least one from the process's own group up counts.
    """
    limits = [limit for folder in _groups(root, "cpu") if (limit := _quota(folder)) is not None]
    return min(limits, default=None)


def memory_limit(root: Path = Path("/")) -> int | None:
    """Return the bytes of memory that this process may use, None where nothing limits it."""
    files = [folder / name for folder in _groups(root, "memory") for name in ("memory.max", "memory.limit_in_bytes")]
    limits = [int(text) for file in files if (text := _read(file)).isdigit()]
    return min((limit for limit in limits if limit < _UNLIMITED), default=None)


def _quota(folder: Path) -> float | None:
    quota, _, period = _read(folder / "cpu.max").partition(" ")
    if not quota:
        quota, period = _read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us")
    return int(quota) / int(period) if quota.isdigit() and period.isdigit() and int(period) else None


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """Yield the folders of the process's group and of every group above it, of either version."""
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and controller not in controllers.split(","):
            continue
        mounted = root / "sys/fs/cgroup" / (controller if controllers else "")
        own = mounted / path.lstrip("/")
        yield from (folder for folder in (own, *own.parents) if folder.is_relative_to(mounted))


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
