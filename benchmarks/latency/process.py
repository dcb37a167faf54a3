"""A worker's process, seen from the run: started, asked with a time limit, and ended, whatever state it is in.

    with WorkerProcess(contender) as worker:
        reply = worker.ask(Load(...), seconds=180)

A worker that crashes or hangs makes a ``Failed`` that says so, from then on; its whole process group is killed.
"""

import os
import select
import signal
import subprocess
import sys
import sysconfig
import tempfile
from contextlib import suppress
from pathlib import Path
from time import monotonic, perf_counter_ns
from types import TracebackType
from typing import IO, Self

from pydantic import ValidationError

import benchmarks
from benchmarks.latency.contender import Contender
from benchmarks.latency.protocol import REPLY, Command, Failed, Reply
from models.errors import UnavailableError

_GRACE = 5.0
"""Seconds that a worker may take to end by itself."""
_CHUNK = 1 << 16
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS",
)  # fmt: skip
_SHARED_GPU = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", "TF_FORCE_GPU_ALLOW_GROWTH": "true"}


class _EndedError(Exception):
    """The worker closed its output."""


class WorkerProcess:
    """One worker. ``started_ns`` is ``perf_counter_ns`` just before it was started; ``pid`` its process.

    Raises:
        UnavailableError: on Windows, whose pipes cannot be waited for.
    """

    def __init__(self, contender: Contender) -> None:
        if sys.platform == "win32":
            raise UnavailableError("benchmark", "needs Linux or macOS", "Run it there, or in WSL.")
        self._failure: str | None = None
        self._unread = b""
        self._talk = tempfile.TemporaryFile()  # noqa: SIM115  closed with the worker
        self.started_ns = perf_counter_ns()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "benchmarks.latency.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._talk,
            env=_environment(contender),
            start_new_session=True,
            bufsize=0,
        )
        self.pid = self._process.pid
        os.set_blocking(_stream(self._process.stdin).fileno(), False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close() if kind is None else self.kill()

    @property
    def alive(self) -> bool:
        """Whether it may answer: it has neither crashed nor been killed or closed."""
        return self._failure is None

    def ask(self, command: Command, *, seconds: float) -> Reply:
        """Return its answer. Blocks, and uses no processor time meanwhile.

        ``Failed`` is either what the worker says, or that it did not answer in ``seconds`` or ended: then it is dead.
        """
        if self._failure is not None:
            return Failed(reason=self._failure)
        try:
            line = self._exchange(command.model_dump_json().encode() + b"\n", monotonic() + seconds)
            return REPLY.validate_json(line)
        except TimeoutError:
            self._failure = f"no answer in {seconds:.4g} s, so it was killed"
            self._kill()
        except _EndedError:
            self._failure = self._how_it_ended()
        except ValidationError:
            self._failure = f"answered what nobody asked, so it was killed (got {line[:80]!r})"
            self._kill()
        return Failed(reason=self._failure)

    def close(self) -> None:
        """Let it end, kill what is left of it, and release everything."""
        self._failure = self._failure or "closed"
        with suppress(OSError):
            _stream(self._process.stdin).close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE)
        self._kill()
        _stream(self._process.stdout).close()
        self._talk.close()

    def kill(self) -> None:
        """End it in the middle of whatever it does, and release everything."""
        self._kill()
        self.close()

    def _exchange(self, message: bytes, deadline: float) -> bytes:
        """Send a line and return the next one that comes back.

        Raises:
            TimeoutError: it is late.
            _EndedError: there is no more to come.
        """
        into, out = (_stream(stream).fileno() for stream in (self._process.stdin, self._process.stdout))
        waiting = select.poll()
        waiting.register(out, select.POLLIN)
        waiting.register(into, select.POLLOUT)
        while b"\n" not in self._unread:
            left = deadline - monotonic()
            if left <= 0:
                raise TimeoutError
            for stream, _ in waiting.poll(left * 1000):
                if stream == into:
                    message = _send(into, message)
                    if not message:
                        waiting.unregister(into)
                elif chunk := os.read(out, _CHUNK):
                    self._unread += chunk
                else:
                    raise _EndedError
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def _how_it_ended(self) -> str:
        try:
            code = self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._kill()
            return "closed its output, so it was killed"
        self._kill()
        if code < 0:
            name = signal.Signals(-code).name
            hint = ", as the system does where memory runs out" if name == "SIGKILL" else ""
            return f"killed by signal {-code} ({name}){hint}"
        said = self._last_words()
        return f"ended with exit code {code}{f': {said}' if said else ''}"

    def _last_words(self) -> str:
        """Return the last line that it wrote to standard error."""
        end = self._talk.seek(0, os.SEEK_END)
        self._talk.seek(max(0, end - 4096))
        lines = self._talk.read().decode("utf-8", "replace").split("\n")
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")

    def _kill(self) -> None:
        """Kill the process and all that it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


def _send(stream: int, message: bytes) -> bytes:
    """Write what fits and return the rest; nothing is left where nobody reads, which the other stream tells."""
    try:
        return message[os.write(stream, message) :]
    except BrokenPipeError:
        return b""


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101  all were asked for as pipes
    return stream


def _environment(contender: Contender) -> dict[str, str]:
    """Return the worker's environment: ours, found where we were, as many threads as asked for, then its own."""
    variables = {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ}
    root = str(Path(benchmarks.__file__).parents[1])
    if root not in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    if contender.threads is not None:
        variables |= dict.fromkeys(_THREAD_VARIABLES, str(contender.threads))
    if contender.device == "cuda":
        variables |= _SHARED_GPU
    return variables | contender.environment
