"""How good a classifier is on parts of the pictures: by source, licence, group, width, or any column of the ledger.

columns = Columns.read(selection.dataset, sizes)
columns.values("source", places)                    # ("open-images", "hub-db", …), one for each place
slices("source", values, sample, points, bootstrap)
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from benchmarks.bootstrap import Bootstrap
from benchmarks.parity_report import Measurement
from models.errors import UserError
from toolchain.data.dataset import Dataset, Example
from toolchain.data.ledger import Entry, read_ledger
from toolchain.data.reading.names import unknown
from toolchain.evaluation.measuring import Sample, quality, rate
from toolchain.evaluation.report import Point, Slice

OFFERED = ("source", "licence", "group", "width", "folder")
"""Columns that are looked at where nobody names any, as far as they tell pictures apart."""

_WIDTHS = (128, 256, 512, 1024, 2048)
_MOST_VALUES = 20
_RESAMPLES = 300
_QUALITY = ("roc_auc", "pr_auc", "tpr_at_fpr_1pct")
_NOT_SAID = "not said"


@dataclass(frozen=True)
class Columns:
    """What there is to slice by: examples, their sizes by path, and their rows of the ledger, where there is one.

    Besides the ledger's own columns there are "group" (up to the first "/" or ":"), "width" (in classes), "folder"
    (that the picture lies in) and every label, which is "yes", "no" or "unknown".
    """

    dataset: Dataset
    sizes: Mapping[Path, tuple[int, int]]
    rows: Mapping[Path, Entry]

    @classmethod
    def read(cls, dataset: Dataset, sizes: Mapping[Path, tuple[int, int]]) -> "Columns":
        """Read the ledger again, if ``dataset`` has one."""
        folder = dataset.place if dataset.place.is_dir() else dataset.place.parent
        try:
            return cls(dataset, sizes, {folder / entry.file: entry for entry in read_ledger(dataset.place)})
        except UserError:
            return cls(dataset, sizes, {})

    @property
    def names(self) -> tuple[str, ...]:
        """Every column, sorted."""
        ledger = [one.name for one in fields(Entry) if one.name != "labels"] if self.rows else []
        return tuple(sorted({*OFFERED, "split", *ledger, *self.dataset.labels}))

    def values(self, column: str, places: Sequence[int]) -> tuple[str, ...]:
        """Return what each of the examples at ``places`` has in ``column``.

        Raises:
            UserError: there is no such column.
        """
        if column not in self.names:
            raise unknown("column to slice by", column, self.names)
        return tuple(self._value(column, self.dataset.examples[place]) for place in places)

    def _value(self, column: str, example: Example) -> str:
        if column == "width":
            return _width_class(self.sizes.get(example.path, (0, 0))[0])
        if column == "group":
            return example.group.partition("/")[0].partition(":")[0] or _NOT_SAID
        if column == "folder":
            return example.path.parent.name
        if column in self.dataset.labels:
            return {True: "yes", False: "no", None: "unknown"}[example.labels.get(column)]
        row = self.rows.get(example.path, example)
        return str(getattr(row, column, "")) or _NOT_SAID


def _width_class(width: int) -> str:
    """Return the class of a width in pixels: ``256 to 511``."""
    edges = (0, *_WIDTHS)
    at = int(np.searchsorted(_WIDTHS, width, side="right"))
    if at == len(_WIDTHS):
        return f"{edges[at]} or more"
    return f"{edges[at]} to {_WIDTHS[at] - 1}" if at else f"under {_WIDTHS[0]}"


def slices(
    column: str, values: Sequence[str], sample: Sample, points: Mapping[Point, float], bootstrap: Bootstrap
) -> tuple[Slice, ...]:
    """Return a slice for each value, the twenty most frequent, in the order of their number of pictures.

    The bootstrap is held to 300 resamples. A column that is the same for every picture has no slices.
    """
    frequent = sorted(Counter(values).items(), key=lambda one: (-one[1], one[0]))[:_MOST_VALUES]
    if len(frequent) < 2:
        return ()
    fewer = bootstrap.model_copy(update={"resamples": min(_RESAMPLES, bootstrap.resamples)})
    of = np.array(values, np.object_)
    return tuple(_slice(column, value, sample.where(of == value), points, fewer) for value, _ in frequent)


def _slice(column: str, value: str, sample: Sample, points: Mapping[Point, float], bootstrap: Bootstrap) -> Slice:
    def rates(name: str) -> dict[Point, Measurement]:
        return {point: rate(name, at, sample, bootstrap.confidence) for point, at in points.items()}

    return Slice(
        column=column,
        value=value,
        positives=sample.positives,
        negatives=sample.negatives,
        quality=quality(sample, bootstrap, _QUALITY),
        recall=rates("recall"),
        false_positive_rate=rates("false_positive_rate"),
    )
