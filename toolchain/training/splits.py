"""The two sides of a training, and what has to be there before one starts."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from models.errors import PictureError, UserError
from models.preprocessing import Preprocessing, decode
from toolchain.data.dataset import NO, YES, Dataset, read_dataset
from toolchain.output import Progress


def train_and_val(place: Path, categories: tuple[str, ...]) -> tuple[Dataset, Dataset]:
    """Read the splits train and val of the dataset at ``place``, each with both answers for every category.

    Raises:
        UserError: there is no dataset, no such label (the nearest is offered), no such split, or a category has no
            positives or no negatives in one of them.
    """
    dataset = read_dataset(place, categories)
    sides = dataset.of_split("train"), dataset.of_split("val")
    for name, side in zip(("train", "val"), sides, strict=True):
        if not side.examples:
            raise UserError(
                dataset.place, f"a dataset without the split {name}", f"Split it first: rct data split {dataset.place}."
            )
        check_both(side, name, categories)
    return sides


def check_readable(
    side: Dataset, split: str, categories: tuple[str, ...], rule: Preprocessing, threads: int, progress: Progress
) -> None:
    """Refuse a side of a training of which only pictures of one answer can be read, before the training begins.

    Raises:
        UserError: a category has one answer only among the pictures that can be read.
    """
    readable = []
    with ThreadPoolExecutor(threads, "readable") as pool:
        found = pool.map(partial(_can_be_read, rule=rule), (example.path for example in side.examples))
        for example, good in zip(side.examples, found, strict=True):
            readable += [example] * good
            progress(f"reading the pictures of {split}", done=len(readable), total=len(side.examples))
    check_both(Dataset(side.place, tuple(readable)), f"{split}, of those that can be read", categories)


def _can_be_read(path: Path, rule: Preprocessing) -> bool:
    try:
        decode(path, rule)
    except PictureError:
        return False
    return True


def check_both(side: Dataset, split: str, categories: tuple[str, ...]) -> None:
    """Refuse a side of a training on which a category has one answer only.

    Raises:
        UserError: it is one.
    """
    truth = side.truth(categories)
    for name, answers in zip(categories, truth.T, strict=True):
        for answer, word in ((YES, "positives"), (NO, "negatives")):
            if not (answers == answer).any():
                known = int((answers >= 0).sum())
                raise UserError(
                    side.place,
                    f"{name} has no {word} in the split {split} (got {known} labelled pictures)",
                    f"Add pictures that {'show it' if answer == YES else 'are labelled as not showing it'}.",
                )
