"""Preparing peers for an original, each in a process of its own: what one of them breaks, the others do not notice.

    contenders, left_out = prepare_peers(original, pictures, folder, [("plain_onnx", "int8")], progress=progress)

The process is ``python -m benchmarks.preparing PEER RECIPE ORIGINAL FOLDER``, with the pictures to calibrate on as
lines of its standard input. Its exit code is 0, or the last line that it prints is the reason why not.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender, Stage
from benchmarks.latency.scenarios import Progress
from benchmarks.peers import SPEC, Peer, missing_packages, peer
from benchmarks.peers._folder import write_files
from models.bundle import Bundle
from models.classifier import find_original
from models.errors import RctError, UnknownName
from models.pictures import read_batches
from models.runtimes import Device


def prepare_peers(
    original: Bundle,
    pictures: Sequence[Path],
    folder: Path,
    wanted: Sequence[tuple[str, str]],
    *,
    progress: Progress,
    device: Device = "cpu",
    threads: int | None = None,
    stage: Stage = "model",
    seconds: float = 900,
) -> tuple[list[Contender], dict[str, str]]:
    """Prepare peers in folders of ``folder``, such as "plain_onnx-int8"; one that is there is replaced.

    Args:
        original: a Keras bundle.
        pictures: those to calibrate on.
        folder: where they are written; made if it is not there.
        wanted: peers and their recipes.
        progress: told before each of them.
        device: that they will run on.
        threads: that they will have.
        stage: that will be timed.
        seconds: after which one that is not done is given up.

    Returns:
        A contender for each that is ready, and for each other one, by name, why it is not.

    Raises:
        UnknownName: there is no such peer, or it has no such recipe.
    """
    modules = [peer(name) for name, _ in wanted]
    for module, (_, recipe) in zip(modules, wanted, strict=True):
        if recipe not in module.RECIPES:
            raise UnknownName("recipe", recipe, module.RECIPES)
    folder.mkdir(parents=True, exist_ok=True)
    ready: list[Contender] = []
    left_out: dict[str, str] = {}
    for done, (module, (name, recipe)) in enumerate(zip(modules, wanted, strict=True)):
        label = f"{name} {recipe}"
        progress(f"Preparing {label}", done=done, total=len(wanted))
        target = folder / f"{name}-{recipe}"
        reason = _hindrance(module, device) or _prepare_in_process(
            [name, recipe, str(original.path)], pictures, target, module.ENVIRONMENT, seconds
        )
        if reason:
            left_out[label] = reason
            continue
        ready.append(
            Contender(
                name=label,
                peer=name,
                recipe=recipe,
                folder=str(target),
                device=device,
                threads=threads,
                stage=stage,
                environment=dict(module.ENVIRONMENT),
            )
        )
    progress("Peers are ready", done=len(wanted), total=len(wanted))
    return ready, left_out


def _hindrance(module: Peer, device: Device) -> str | None:
    """Return why it is no use trying, if it is not."""
    if device not in module.DEVICES:
        return f"does not run on {device} (it runs on {', '.join(module.DEVICES)})"
    if missing := missing_packages(module):
        return f"not installed: {', '.join(missing)}"
    return None


def _prepare_in_process(
    arguments: Sequence[str], pictures: Sequence[Path], target: Path, environment: Mapping[str, str], seconds: float
) -> str | None:
    """Have a process fill a temporary sibling of ``target``, which takes its place; return why not, if it did not."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as scratch:
        made = Path(scratch) / target.name
        made.mkdir()
        command = [sys.executable, "-m", "benchmarks.preparing", *arguments, str(made)]
        lines = "".join(f"{picture.resolve()}\n" for picture in pictures)
        code, printed = _run(command, lines, {**os.environ, **environment}, seconds)
        if code is None:
            return f"not ready after {seconds:g} s, and given up"
        if code:
            return (printed.strip().splitlines() or [f"ended with exit code {code}"])[-1][:500]
        if target.exists():
            target.rename(Path(scratch) / "replaced")
        made.rename(target)
        return None


def _run(command: list[str], lines: str, environment: dict[str, str], seconds: float) -> tuple[int | None, str]:
    """Return exit code, None where time ran out, and what was printed; what the process started ends with it."""
    with subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            printed, _ = process.communicate(lines, timeout=seconds)
        except BaseException as error:
            _end(process)
            if isinstance(error, subprocess.TimeoutExpired):
                return None, ""
            raise
        return process.returncode, printed


def _end(process: "subprocess.Popen[str]") -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)


def prepare_one(
    name: str, recipe: str, original: Bundle, calibration: Sequence[NDArray[np.uint8]], folder: Path
) -> None:
    """Write the spec, what the peer needs, and its digests into ``folder``, in this process.

    Raises:
        UserError: the peer cannot be prepared.
    """
    (folder / SPEC).write_text(original.manifest.spec.model_dump_json(), "utf-8")
    peer(name).prepare(original, recipe, calibration, folder)
    write_files(folder)


def main(arguments: Sequence[str]) -> int:
    """Prepare one peer; return the exit code."""
    name, recipe, reference, folder = arguments
    try:
        original = find_original(reference)
        pictures = [Path(line) for line in sys.stdin.read().splitlines()]
        batches = [batch.pixels for batch in read_batches(pictures, original.manifest.spec.preprocessing, 1)]
        prepare_one(name, recipe, original, [batch for batch in batches if len(batch)], Path(folder))
    except RctError as error:
        print(error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001  a peer may fail in any way, and the reason is one line
        print(f"{type(error).__name__}: {(str(error).strip().splitlines() or [''])[0]}"[:300])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
