"""What is on both sides of a split, said before a training: its numbers would flatter, and nobody would know."""

from collections.abc import Sequence
from pathlib import Path

from toolchain.data.audit.checks.leaks import look
from toolchain.data.audit.material import gather
from toolchain.data.collection import read_collection
from toolchain.output import Progress
from toolchain.training.cores import cores


def leaks(place: Path, categories: Sequence[str], progress: Progress) -> tuple[str, ...]:
    """Return a line for each severe leak of the dataset at ``place``: a file, its looks or a group in several splits.

    What is read off the pictures is kept beside them, as ``rct data audit`` does it.
    """
    found = look(gather(read_collection(place, categories), cores(), progress))
    return tuple(
        f"{place}: {one.title} ({one.pictures:,} pictures; {' and '.join(one.examples[0][:2])}), so the numbers below "
        f"flatter. {one.advice}"
        for one in found
        if one.severity == "severe"
    )
