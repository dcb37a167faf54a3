"""The document of a split: what came to lie where."""

from typing import Literal

from models.document import Document
from toolchain.data.audit.finding import Answers, Finding


class Side(Document):
    """One split: its pictures, the clusters that they are in, and the answers by category."""

    pictures: int
    clusters: int
    categories: dict[str, Answers]


class SplitReport(Document):
    """What a dataset is split into.

    Attributes:
        place: the dataset, as it was named.
        ledger: where the split was written; "" where it was only looked at.
        seed: what it was drawn from, None where it was there before.
        sides: by name.
        outside: pictures in no split; when one is drawn, those that cannot be read.
        findings: severe ones of the check for leaks.
    """

    schema_version: Literal[1] = 1
    place: str
    ledger: str = ""
    seed: int | None = None
    sides: dict[str, Side]
    outside: int = 0
    findings: tuple[Finding, ...] = ()
