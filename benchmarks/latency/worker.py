"""The process of one contender: commands come in by standard input, a line each, and answers go out.

    python -m benchmarks.latency.worker

Answers go to what standard output was at the start; after that everything printed, by whomever, is standard error, so
no library can break the protocol. It ends when its input ends, or when the run that started it does.
"""

import os
import sys
from typing import IO


def main() -> None:
    """Answer until there are no more commands. Cores are chosen before anything is imported that starts threads."""
    commands, answers = _own_streams()
    _end_with_parent()
    first = commands.readline()
    if not first:
        return
    _pin(first)
    from benchmarks.latency.protocol import COMMAND
    from benchmarks.latency.session import Session

    session = Session()
    line = first
    while line:
        answers.write(session.answer(COMMAND.validate_json(line)).model_dump_json().encode() + b"\n")
        answers.flush()
        line = commands.readline()


def _own_streams() -> tuple[IO[bytes], IO[bytes]]:
    commands, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return commands, answers


def _end_with_parent() -> None:
    """Be killed with the thread that started this process, even in the middle of a query.

    Elsewhere than on Linux the end of the input has to do.
    """
    if sys.platform == "linux":
        import ctypes
        import signal

        set_parent_death_signal = 1  # prctl(2)
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


def _pin(first: bytes) -> None:
    import json

    cores = json.loads(first).get("cores")
    if cores is not None:
        if not hasattr(os, "sched_setaffinity"):
            sys.exit("this system cannot pin a process to cores")
        os.sched_setaffinity(0, cores)


if __name__ == "__main__":
    main()
