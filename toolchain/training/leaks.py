"""What is on both sides of a split, said before a training: its numbers would flatter, and nobody would know."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from toolchain.data.audit.checks.leaks import look
from toolchain.data.audit.finding import Finding
from toolchain.data.audit.material import Material, gather
from toolchain.data.collection import read_collection
from toolchain.output import Progress
from toolchain.training.cores import cores


@dataclass(frozen=True)
class Leaks:
    """What leaks, by kind, and the validation pictures that hang together with one to learn from."""

    findings: tuple[Finding, ...]
    pictures: frozenset[Path]


def leaks(place: Path, categories: Sequence[str], progress: Progress) -> Leaks:
    """Return the severe leaks of the dataset at ``place``: a file, its looks or a group in several splits.

    What is read off the pictures is kept beside them, as ``rct data audit`` does it.
    """
    material = gather(read_collection(place, categories), cores(), progress)
    found = tuple(one for one in look(material) if one.severity == "severe")
    return Leaks(found, _leaked(material) if found else frozenset())


def _leaked(material: Material) -> frozenset[Path]:
    splits = np.array([entry.split for entry in material.entries])
    learnt = np.isin(material.clusters, material.clusters[splits == "train"])
    return frozenset(
        material.collection.path(material.entries[place]) for place in np.flatnonzero(learnt & (splits == "val"))
    )


def warning(place: Path, leak: Finding) -> str:
    """Return what is said of a leak before the training."""
    found = f"{leak.title} ({leak.pictures:,} pictures; {' and '.join(leak.examples[0][:2])})"
    return f"{place}: {found}, so the numbers below flatter. {leak.advice}"
