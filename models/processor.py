"""What the processor can do: the instruction sets that matter for int8, and the cores that we may use.

    features()               # frozenset({"avx2", "avx512f", "avx512_vnni"})
    int8_saturates()         # False: no need for reduce_range here
    usable_cores()           # 2

The names are those of Linux' ``/proc/cpuinfo``, on every system.
"""

import math
import os
import platform
import subprocess
import sys
from functools import cache
from pathlib import Path

from models.cgroup import processor_quota

FEATURES = {
    "avx2": "AVX2: 256-bit integers",
    "avx512f": "AVX-512: 512-bit vectors",
    "avx_vnni": "AVX-VNNI: int8 dot products on 256 bits",
    "avx512_vnni": "AVX-512 VNNI: int8 dot products on 512 bits",
    "amx_int8": "AMX-INT8: int8 matrix tiles",
    "asimd": "Neon: 128-bit vectors",
    "asimddp": "Arm dot product: int8 dot products",
    "i8mm": "Arm I8MM: int8 matrix multiplication",
}
"""Every feature that ``features`` can find, and what it is."""

_DOT_PRODUCTS = frozenset({"avx_vnni", "avx512_vnni", "amx_int8"})
_SYSCTL = {  # macOS calls them by Intel's and Arm's own names
    "AVX2": "avx2",
    "AVX512F": "avx512f",
    "AVX512VNNI": "avx512_vnni",
    "hw.optional.AdvSIMD": "asimd",
    "hw.optional.arm.FEAT_DotProd": "asimddp",
    "hw.optional.arm.FEAT_I8MM": "i8mm",
}
_WINDOWS = {40: "avx2", 41: "avx512f", 19: "asimd", 43: "asimddp"}  # PF_… numbers of IsProcessorFeaturePresent


@cache
def features() -> frozenset[str]:
    """Return the names of ``FEATURES`` that this processor has, as far as the system tells.

    Windows does not tell about VNNI and AMX.
    """
    if sys.platform == "darwin":
        return sysctl_features(_sysctl())
    if sys.platform == "win32":
        return _windows_features()
    try:
        return cpuinfo_features(Path("/proc/cpuinfo").read_text("utf-8", "replace"))
    except OSError:
        return frozenset()


def int8_saturates(found: frozenset[str] | None = None) -> bool:
    """Return whether products of uint8 and int8 overflow on this processor, or on one with the features ``found``.

    x86 without VNNI adds two products in 16 bits and clips the sum (``vpmaddubsw``), so weights need seven bits there;
    VNNI, AMX and Arm add in 32 bits. Source: the quantization guide of ONNX Runtime, "When and why do I need to try
    reduce_range".
    """
    found = features() if found is None else found
    return not found & _DOT_PRODUCTS and not any(name.startswith(("asimd", "i8mm")) for name in found)


def usable_cores() -> int:
    """Return how many cores this process may use: its affinity, cut to the quota of its control group, at least one."""
    allowed = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    quota = processor_quota()
    return allowed if quota is None else max(1, min(allowed, math.ceil(quota)))


def processor_name() -> str:
    """Return the maker's name of the processor, or the architecture where the system does not tell."""
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def cpuinfo_features(text: str) -> frozenset[str]:
    """Return the features in the text of ``/proc/cpuinfo``, from x86's ``flags`` or Arm's ``Features``.

    Where cores differ, a feature counts only if every core has it.
    """
    per_core = [
        frozenset(line.partition(":")[2].split())
        for line in text.splitlines()
        if line.partition(":")[0].strip() in {"flags", "Features"}
    ]
    return frozenset.intersection(*per_core) & frozenset(FEATURES) if per_core else frozenset()


def sysctl_features(text: str) -> frozenset[str]:
    """Return the features in the output of macOS' ``sysctl machdep.cpu hw.optional``."""
    found = set()
    for line in text.splitlines():
        key, _, value = line.partition(": ")
        if key in _SYSCTL and value.strip() == "1":
            found.add(_SYSCTL[key])
        if key in {"machdep.cpu.features", "machdep.cpu.leaf7_features"}:
            found.update(_SYSCTL[word] for word in value.split() if word in _SYSCTL)
    return frozenset(found)


def _sysctl() -> str:
    try:
        command = ["/usr/sbin/sysctl", "machdep.cpu", "hw.optional"]
        return subprocess.run(command, capture_output=True, text=True, timeout=5, check=False).stdout  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _windows_features() -> frozenset[str]:
    import ctypes

    present = getattr(ctypes, "windll").kernel32.IsProcessorFeaturePresent  # noqa: B009
    return frozenset(name for number, name in _WINDOWS.items() if present(number))
