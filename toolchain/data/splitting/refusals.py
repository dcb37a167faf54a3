"""When there is no split to be had, and the one line that says why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from models.errors import UserError
from toolchain.data.audit.material import Material
from toolchain.data.collection import Collection
from toolchain.data.splitting.search import LEAST


def refuse_unnamed(place: Path, collection: Collection, categories: Sequence[str]) -> None:
    """Refuse a plain folder of more than two labels without a word on which of them are categories.

    Two are each other's opposite. Of three, a ledger would say that what is adult is not violent, which nobody knows.

    Raises:
        UserError: it is one.
    """
    if not collection.has_ledger and not categories and len(collection.categories) > 2:
        raise UserError(
            place,
            f"nobody said which folders are categories (got {', '.join(collection.categories)})",
            "Name them with --category; pictures in the others are a no for all of them.",
        )


def refuse_one_answer(place: Path, material: Material, categories: Sequence[str]) -> None:
    """Refuse a category that every labelled picture answers alike.

    Raises:
        UserError: there is one, or there are no labels at all.
    """
    if not categories:
        raise UserError(place, "no picture is labelled", "Label some, or there is nothing to be learnt.")
    for name in categories:
        answers = Counter(entry.labels[name] for entry in material.entries if name in entry.labels)
        for answer, word in ((True, "yes"), (False, "no")):
            if not answers[answer]:
                raise UserError(
                    place,
                    f"no picture says {word} to {name} (got {answers.total():,} that say {'no' if answer else 'yes'})",
                    "A category is learnt from both: add pictures, or name the categories to split by (--category).",
                )


def refuse_torn(place: Path, material: Material, picture: int, side: str) -> None:
    """Refuse to keep splits that tear ``picture`` from what hangs together with it.

    Raises:
        UserError: always.
    """
    name, entry = material.names[picture], material.entries[picture]
    others = np.flatnonzero(material.clusters == material.clusters[picture])
    other = next(material.names[one] for one in others if material.entries[one].split == side)
    raise UserError(
        place,
        f"{name} is in {entry.split} and hangs together with {other} in {side}",
        "Move one of them, or split without --keep.",
    )


def refuse_bad_outcome(
    place: Path, material: Material, categories: Sequence[str], names: Sequence[str], shares: Mapping[str, float]
) -> None:
    """Refuse a split in which a side got far too few pictures, or none of one answer.

    Raises:
        UserError: a side has less than half of its share, or lacks an answer to a category.
    """
    sizes = Counter(name for name in names if name)
    for side, share in shares.items():
        if share > 0 and sizes[side] < LEAST * share * sizes.total():
            raise _too_few(place, material, names, f"{side} would get {sizes[side]:,} of {sizes.total():,} pictures")
        for name in categories if share > 0 else ():
            answers = Counter(
                entry.labels.get(name) for entry, there in zip(material.entries, names, strict=True) if there == side
            )
            for answer, word in ((True, "yes"), (False, "no")):
                if not answers[answer]:
                    problem = f"no picture in {side} would say {word} to {name}"
                    raise _too_rare(place, material, name, answer, problem)


def _too_few(place: Path, material: Material, names: Sequence[str], problem: str) -> UserError:
    used = np.array([bool(name) for name in names])
    clusters, sizes = np.unique(material.clusters[used], return_counts=True)
    largest = int(np.argmax(sizes))
    first = material.names[int(clusters[largest])]
    return UserError(
        place,
        f"{problem}: {int(sizes[largest]):,} hang together with {first}, and tearing them would leak",
        "Ask for other shares, or look at the groups.",
    )


def _too_rare(place: Path, material: Material, name: str, answer: bool, problem: str) -> UserError:
    places = [one for one, entry in enumerate(material.entries) if entry.labels.get(name) is answer]
    clusters = len({int(material.clusters[one]) for one in places})
    return UserError(
        place,
        f"{problem} (got {len(places):,} in {clusters:,} clusters that must stay whole)",
        "Add pictures, or ask for larger shares of the small splits.",
    )
