"""Who does the units of a plan: one module per engine, found by its file name, loaded when it is asked for.

A module has these names:

    SUMMARY: str                             what it is, in a line
    run(job, units) -> Iterator[Done]        scores each of ``units``, a sequence of numbers, in any order

``run`` yields what became of each unit as it comes. A unit that is done twice is one shard all the same, for a shard is
named after its unit and renamed into its place. Adding an engine is adding a file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from toolchain.plugins import load_plugin, plugin_names
from toolchain.scoring.job import Job


@dataclass(frozen=True)
class Done:
    """A unit that is settled: how many inputs it has, or why it was given up."""

    unit: int
    rows: int = 0
    lost: str = ""


class Engine(Protocol):
    """What a module in this package has."""

    SUMMARY: str

    def run(self, job: Job, units: Sequence[int]) -> Iterator[Done]: ...  # noqa: D102


def engine_names() -> tuple[str, ...]:
    """Return the names of the engines, sorted; nothing is imported."""
    return plugin_names(__path__)


def engine(name: str) -> Engine:
    """Return the engine of this name.

    Raises:
        UnknownName: there is none.
    """
    return cast("Engine", load_plugin(__name__, __path__, "engine", name))
