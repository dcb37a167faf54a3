"""The workers of a run that still answer; the one that fails drops out with its reason, and the others go on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from benchmarks.latency.contender import Contender
from benchmarks.latency.plan import Plan
from benchmarks.latency.process import WorkerProcess
from benchmarks.latency.protocol import Command, Failed, Inputs, Load, Measured, Ready, Reply
from benchmarks.latency.samples import Samples
from benchmarks.latency.scenarios import Progress


class RunningField:
    """Running workers by contender, in the order of the run; ``benchmarks.latency.scenarios.Field``.

    ``failures``: one line for each that dropped out. ``ready``: what each said when it was loaded. ``peaks``: the most
    memory that each has had, in bytes, as far as it was asked. ``on_keep``: what takes the samples of the scenario that
    is going on.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._workers: dict[str, WorkerProcess] = {}
        self.failures: dict[str, str] = {}
        self.ready: dict[str, Ready] = {}
        self.peaks: dict[str, int] = {}
        self.on_keep: Callable[[Mapping[str, tuple[Samples, ...]]], None] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Those that still answer."""
        return tuple(self._workers)

    def start(self, contender: Contender, inputs: Inputs) -> None:
        """Start a worker and wait until it has loaded its contender; or keep the reason why it could not."""
        worker = self._workers[contender.name] = WorkerProcess(contender)
        load = Load(contender=contender, inputs=inputs, cores=self._plan.cores, started_ns=worker.started_ns)
        reply = worker.ask(load, seconds=self._plan.load_timeout_seconds)
        if isinstance(reply, Ready):
            self.ready[contender.name] = reply
        elif isinstance(reply, Failed):
            self.drop(contender.name, reply.reason)

    def ask(self, name: str, command: Command, *, seconds: float = 0.0) -> Reply | None:
        """Return the answer of one worker, or None if it failed: then it is dropped, and the reason is kept."""
        reply = self.ask_in_vain(name, command, seconds=seconds)
        if isinstance(reply, Failed):
            self.drop(name, reply.reason)
            return None
        return reply

    def ask_in_vain(self, name: str, command: Command, *, seconds: float = 0.0) -> Reply | None:
        """As ``ask``, for what may fail: a worker that says so stays; only one that has died is dropped."""
        worker = self._workers.get(name)
        if worker is None:
            return None
        reply = worker.ask(command, seconds=self._plan.timeout_seconds + seconds)
        if isinstance(reply, Measured):
            self.peaks[name] = reply.peak_rss_bytes
        if isinstance(reply, Failed) and not worker.alive:
            self.drop(name, reply.reason)
        return reply

    def drop(self, name: str, reason: str) -> None:
        """Close a worker and keep the reason; the first one, if there are several."""
        self.failures.setdefault(name, reason)
        worker = self._workers.pop(name, None)
        if worker is not None:
            worker.close()

    def keep(self, found: Mapping[str, tuple[Samples, ...]]) -> None:
        """Pass on what a scenario has so far."""
        if self.on_keep is not None:
            self.on_keep(found)

    def close(self) -> None:
        """Close all that are left."""
        for name in self.names:
            self._workers.pop(name).close()

    def kill(self) -> None:
        """End all that are left, in the middle of whatever they do."""
        for name in self.names:
            self._workers.pop(name).kill()


@contextmanager
def running(contenders: Sequence[Contender], inputs: Inputs, plan: Plan, progress: Progress) -> Iterator[RunningField]:
    """Start the workers, one after another so that no start disturbs another one; all are ended with the context."""
    field = RunningField(plan)
    try:
        for index, contender in enumerate(contenders):
            progress("starting", done=index, total=len(contenders))
            field.start(contender, inputs)
        yield field
        field.close()
    finally:
        field.kill()
