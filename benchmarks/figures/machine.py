"""What a measurement was made on, as far as it can be told without naming the machine."""

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version

from models.processor import features

_PACKAGES = ("tensorflow", "keras", "tf2onnx", "onnx", "onnxruntime", "onnxruntime-gpu", "numpy", "pillow")


def describe_machine(*packages: str) -> dict[str, object]:
    """Return processor, its features, cores, Python and the versions of what was measured, and of ``packages``."""
    found = {}
    for name in (*_PACKAGES, *packages):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "processor": _processor_name(),
        "features": sorted(features()),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "packages": found,
    }


def describe_gpus() -> list[dict[str, str]]:
    """Return name, driver, memory and highest clock of each NVIDIA GPU, as nvidia-smi says; nothing without one."""
    wanted = ("name", "driver_version", "memory.total", "clocks.max.sm")
    command = ["nvidia-smi", f"--query-gpu={','.join(wanted)}", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return []
    return [dict(zip(wanted, line.split(", "), strict=True)) for line in done.stdout.splitlines() if line]


def _processor_name() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as stream:  # noqa: PTH123
            return next(line.split(":", 1)[1].strip() for line in stream if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
