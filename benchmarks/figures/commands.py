"""Running ``rct`` as its users do, in a process of its own, and what that process cost."""

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Cost:
    """Wall-clock seconds, and the largest resident memory of any child so far, in MiB."""

    seconds: float
    peak_mib: float


def export(original: str, recipe: str, folder: Path, *options: str) -> tuple[Path, Cost]:
    """Export ``original`` to ONNX into ``folder``; return the bundle and what it cost.

    A bundle that decides otherwise is returned too: ``verify`` says so, and its speed can be measured.

    Raises:
        subprocess.CalledProcessError: the export failed.
    """
    target = folder / f"{Path(original).name}-{recipe}-{len(list(folder.iterdir()))}"
    start = time.perf_counter()
    command = ("export", original, "--format", "onnx", "--quantize", recipe, "--out", str(target), *options)
    _rct(*command, accept=(0, 1))
    seconds = time.perf_counter() - start
    return target, Cost(seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)


def verify(bundle: Path, images: Path) -> dict[str, Any]:
    """Return the report of ``rct verify --json``, whether it passed or not."""
    found: dict[str, Any] = json.loads(_rct("verify", str(bundle), "--images", str(images), "--json", accept=(0, 1)))
    return found


def _rct(*arguments: str, accept: tuple[int, ...] = (0,)) -> str:
    command = [sys.executable, "-m", "toolchain", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode not in accept:
        raise subprocess.CalledProcessError(done.returncode, command)
    return done.stdout
