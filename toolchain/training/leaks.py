"""What is on both sides of a split, said before a training: its numbers would flatter, and nobody would know."""

from collections.abc import Sequence
from pathlib import Path

from toolchain.data.audit.checks.leaks import look
from toolchain.data.audit.finding import Finding
from toolchain.data.audit.material import gather
from toolchain.data.collection import read_collection
from toolchain.output import Progress
from toolchain.training.cores import cores


def leaks(place: Path, categories: Sequence[str], progress: Progress) -> tuple[Finding, ...]:
    """Return the severe leaks of the dataset at ``place``: a file, its looks or a group in several splits.

    What is read off the pictures is kept beside them, as ``rct data audit`` does it.
    """
    found = look(gather(read_collection(place, categories), cores(), progress))
    return tuple(one for one in found if one.severity == "severe")


def warning(place: Path, leak: Finding) -> str:
    """Return what is said of a leak before the training."""
    found = f"{leak.title} ({leak.pictures:,} pictures; {' and '.join(leak.examples[0][:2])})"
    return f"{place}: {found}, so the numbers below flatter. {leak.advice}"
