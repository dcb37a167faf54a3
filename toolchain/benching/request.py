"""What was asked of ``rct bench``, and the plan that it comes to.

plan = plan_of(Request(scenarios=("single_stream", "offline"), quick=True))
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.latency.contender import Stage
from benchmarks.latency.plan import Plan
from benchmarks.latency.scenarios import scenario_names
from models.errors import UnknownName, UserError
from models.processor import usable_cores
from models.runtimes import Device

ALL = "all"
SERVER = "server"
_ROUNDS, _SECONDS = 12, 1.0
_QUICK_ROUNDS, _QUICK_SECONDS = 6, 0.2


@dataclass(frozen=True)
class Request:
    """Words of the command line, as they were given; empty or None is what was left out.

    ``bundles``: folders. ``originals``: classifiers to compare with, () for the bundles' own. ``peers``: names, "all"
    among them for each that is installed. ``threads``: numbers of threads, each of which is timed. ``settings``:
    ``name=value`` for the runtime. ``batches``: of the scenario offline. ``seconds``: of one turn.
    """

    bundles: Sequence[Path] = ()
    originals: Sequence[str] = ()
    peers: Sequence[str] = ()
    scenarios: Sequence[str] = ()
    stages: Sequence[Stage] = ()
    device: Device = "cpu"
    threads: Sequence[int] = ()
    settings: Sequence[str] = ()
    images: Sequence[str] | None = None
    batches: Sequence[int] = ()
    latency_bound_ms: float | None = None
    cores: Sequence[int] = ()
    rounds: int | None = None
    seconds: float | None = None
    quick: bool = False
    why: bool = False


def plan_of(request: Request) -> Plan:
    """Return how everything is to be timed.

    Raises:
        UnknownName: no such scenario.
        UserError: the scenario server without a bound, or cores that this process may not use.
    """
    scenarios = _scenarios(request)
    if SERVER in scenarios and request.latency_bound_ms is None:
        problem = "wants a bound for its 99th percentile"
        raise UserError(f"scenario {SERVER}", problem, "Give --latency-bound in milliseconds.")
    _check_cores(request.cores)
    default_rounds, default_seconds = (_QUICK_ROUNDS, _QUICK_SECONDS) if request.quick else (_ROUNDS, _SECONDS)
    plan = Plan(
        scenarios=scenarios,
        rounds=request.rounds or default_rounds,
        seconds=request.seconds or default_seconds,
        latency_bound_ms=request.latency_bound_ms,
        cores=tuple(request.cores) or None,
        explain=request.why,
    )
    return plan.model_copy(update={"batches": tuple(dict.fromkeys(request.batches))}) if request.batches else plan


def settings_of(words: Iterable[str]) -> dict[str, str]:
    """Return ``name=value`` words as a mapping.

    Raises:
        UserError: one is not of that form.
    """
    found = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise UserError("--setting", f"not name=value (got {word!r})", "Give it as enable_cuda_graph=1.")
        found[name] = value
    return found


def _scenarios(request: Request) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.replace("-", "_") for name in request.scenarios))
    known = scenario_names()
    if ALL in names:
        return tuple(name for name in known if name != SERVER or request.latency_bound_ms is not None)
    for name in names:
        if name not in known:
            raise UnknownName("scenario", name, (*known, ALL))
    if request.latency_bound_ms is not None and SERVER not in names:
        names = (*(names or ("single_stream",)), SERVER)
    return names or ("single_stream",)


def _check_cores(cores: Sequence[int]) -> None:
    import os

    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(usable_cores()))
    for core in cores:
        if core not in allowed:
            listed = ", ".join(map(str, sorted(allowed)))
            raise UserError("--cores", f"not a core that we may use (got {core})", f"Choose among {listed}.")
