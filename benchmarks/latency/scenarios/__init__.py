"""The four ways in which a classifier is asked, in the words of MLPerf Inference; one module each, found by its name.

A scenario module has two names:

    TITLE: str                                      what it asks, in a line
    measure(field, plan, progress) -> dict[str, tuple[Samples, ...]]

``measure`` asks every worker of the ``field`` in turn and returns the samples of those that answered, by contender. One
that fails is dropped from the field, which keeps the reason, and the others go on. After every round it gives the field
what it has so far.
"""

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from typing import Protocol, cast

from benchmarks.latency.plan import Plan
from benchmarks.latency.protocol import Command, Reply
from benchmarks.latency.samples import Samples
from models.errors import UnknownName


class Progress(Protocol):
    """Told what is being done and, where it can be counted, how much of it is done."""

    def __call__(self, text: str, *, done: int = 0, total: int | None = None) -> None: ...  # noqa: D102


class Field(Protocol):
    """The workers of a run that still answer."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the contenders whose workers still answer, in the order of the run."""

    def ask(self, name: str, command: Command, *, seconds: float = 0.0) -> Reply | None:
        """Return the answer of one worker, or None if it failed: then it is dropped, and the reason is kept.

        ``seconds``: how long the work itself is meant to take, which the time limit allows for.
        """

    def keep(self, found: Mapping[str, tuple[Samples, ...]]) -> None:
        """Take what the scenario has so far, by contender, whole rounds only: it outlives an end of the run."""


class Scenario(Protocol):
    """What a module in this folder looks like from outside."""

    TITLE: str

    def measure(self, field: Field, plan: Plan, progress: Progress) -> dict[str, tuple[Samples, ...]]: ...  # noqa: D102


def scenario_names() -> tuple[str, ...]:
    """Return the names of every scenario module, without importing any."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__))


def scenario(name: str) -> Scenario:
    """Return the scenario module of this name.

    Raises:
        UnknownName: there is none.
    """
    if name not in scenario_names():
        raise UnknownName("scenario", name, scenario_names())
    return cast(Scenario, import_module(f"{__name__}.{name}"))
