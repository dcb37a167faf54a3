"""How alike two classifiers are, and how good one is: one module per metric, found by its file name.

    metric("quality", "roc_auc").measure(scores, truth)        # 0.9731
    metric_names("difference")                                 # ("logit_bias", "logit_cosine", …); nothing imported

Three families, one folder each, told apart by what is measured against what:

    difference   measure(original, candidate)   scores float [..., n] of two classifiers on the same pictures
    quality      measure(scores, truth)         scores float [..., n] against labels bool [..., n]
    decision     count(decisions, truth)        decisions bool [..., n] at an operating point against labels

A metric is a module with four names. ``measure`` is pure and works along the last axis, so that a thousand bootstrap
resamples [1000, n] are measured in one call; what it cannot measure is nan, and ``UNDEFINED`` says in words when that
is. What is measured on decisions is a proportion, so there the module counts, ``(hits, trials)``, and gets an exact
interval. Scores must be numbers (no nan). Adding a metric is adding a file.
"""

import pkgutil
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from models.errors import UnknownName

Family = Literal["difference", "quality", "decision"]
Better = Literal["higher", "lower", "nearer to zero"]
Measured = NDArray[np.float64]
"""float64 [...], of no dimensions for one sample: ``float(value)`` makes a number of it."""


class Described(Protocol):
    """What every metric says of itself.

    ``TITLE`` is the name in tables and messages, ``BETTER`` the direction, ``UNDEFINED`` why a value can be missing.
    """

    TITLE: str
    BETTER: Better
    UNDEFINED: str


class Metric(Described, Protocol):
    """A module of the families difference and quality."""

    def measure(self, first: NDArray[Any], second: NDArray[Any], /) -> Measured: ...  # noqa: D102


class Proportion(Described, Protocol):
    """A module of the family decision: ``count`` returns hits and trials, int [...] each, along the last axis."""

    def count(  # noqa: D102
        self, decisions: NDArray[np.bool_], truth: NDArray[np.bool_], /
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]: ...


def metric_names(family: Family) -> tuple[str, ...]:
    """Return the names of the family's metrics, in alphabetical order, without importing any."""
    return tuple(module.name for module in pkgutil.iter_modules([str(Path(__file__).with_name(family))]))


def metric(family: Literal["difference", "quality"], name: str) -> Metric:
    """Return the module of this metric.

    Raises:
        UnknownName: the family has none of this name.
    """
    return cast(Metric, _module(family, name))


def proportion(name: str) -> Proportion:
    """Return the module of this metric on decisions.

    Raises:
        UnknownName: there is none of this name.
    """
    return cast(Proportion, _module("decision", name))


def _module(family: Family, name: str) -> ModuleType:
    known = metric_names(family)
    if name not in known:
        raise UnknownName(f"{family} metric", name, known)
    return import_module(f"{__name__}.{family}.{name}")
