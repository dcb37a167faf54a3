"""Which pictures and which categories a classifier is evaluated on.

selection = select(Path("data/mine"), spec, split=None, categories=())
selection.dataset, selection.categories, selection.notes
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import UserError
from models.spec import ClassifierSpec
from toolchain.data.dataset import SPLITS, Dataset, read_dataset
from toolchain.data.labels import not_labelled
from toolchain.data.reading.names import unknown


@dataclass(frozen=True)
class Selection:
    """Pictures, the categories that they are labelled for in the spec's order, and what is to be said of the choice.

    ``split`` is "" where the pictures are in no split.
    """

    dataset: Dataset
    split: str
    categories: tuple[str, ...]
    notes: tuple[str, ...]


def select(place: Path, spec: ClassifierSpec, split: str | None, categories: Sequence[str]) -> Selection:
    """Choose the split asked for, or val, or test, or everything; and the categories asked for, or all with labels.

    Raises:
        UserError: there is no dataset, no such split, or no picture with a label that the classifier knows, or it does
            not detect a category that was asked for; the message has those that there are, the nearest first.
    """
    for name in categories:
        if name not in spec.labels:
            raise unknown(f"category of {spec.name}", name, spec.labels)
    there = read_dataset(place).labels
    wanted = tuple(name for name in spec.labels if name in (categories or there))
    missing = [name for name in wanted or spec.labels if name not in there]
    if missing:
        raise not_labelled(place, missing[0], there)
    unlabelled = [name for name in spec.labels if name not in wanted] if not categories else []
    notes = [f"{name}: not evaluated, for no picture is labelled with it." for name in unlabelled]
    dataset, used, said = _of_split(read_dataset(place, [name for name in spec.labels if name in there]), split)
    return Selection(dataset, used, wanted, (*said, *notes))


def _of_split(dataset: Dataset, split: str | None) -> tuple[Dataset, str, tuple[str, ...]]:
    there = [name for name in SPLITS if any(example.split == name for example in dataset.examples)]
    if split is not None:
        if split not in there:
            problem = f"no picture is of the split {split}"
            advice = f"It has {', '.join(there)}." if there else "It is not split; leave --split out."
            raise UserError(dataset.place, problem, advice)
        return dataset.of_split(split), split, ()
    for name in ("val", "test"):
        if name in there:
            return dataset.of_split(name), name, ()
    if there:
        said = "there is no split val or test: if the classifier was trained on these pictures, nothing here counts."
        return dataset, "", (said,)
    return dataset, "", ()
