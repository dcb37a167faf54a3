"""Running ``rct`` as its users do, in a process of its own, and what that process cost."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Cost:
    """Wall-clock seconds, and the largest resident memory of the process, in MiB."""

    seconds: float
    peak_mib: float


def export(original: str, format_name: str, recipe: str, folder: Path, *options: str) -> tuple[Path, Cost]:
    """Export ``original`` into ``folder``; return the bundle and what it cost.

    A bundle that decides otherwise is returned too: ``verify`` says so, and its speed can be measured.

    Raises:
        subprocess.CalledProcessError: the export failed.
    """
    return export_joined([original], format_name, recipe, folder, *options)


def export_joined(
    originals: Sequence[str], format_name: str, recipe: str, folder: Path, *options: str
) -> tuple[Path, Cost]:
    """Export several originals on one backbone as one bundle; otherwise as ``export``."""
    target = folder / f"{Path(originals[0]).name}-{format_name}-{recipe}-{len(list(folder.iterdir()))}"
    command = ("export", *originals, "--format", format_name, "--quantize", recipe, "--out", str(target), *options)
    _, cost = _rct(*command)
    return target, cost


def verify(bundle: Path, images: Path) -> dict[str, Any]:
    """Return the report of ``rct verify --json``, whether it passed or not.

    Raises:
        subprocess.CalledProcessError: the bundle could not be compared.
    """
    report, _ = _rct("verify", str(bundle), "--images", str(images), "--json")
    found: dict[str, Any] = json.loads(report)
    return found


def _rct(*arguments: str) -> tuple[str, Cost]:
    """Return what the command printed and what it cost; exit code 1 is a verdict, and an answer."""
    command = [sys.executable, "-m", "toolchain", *arguments]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None  # noqa: S101
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise subprocess.CalledProcessError(process.returncode, command)
    return printed, Cost(time.perf_counter() - start, usage.ru_maxrss / 1024)
