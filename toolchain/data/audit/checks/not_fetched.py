"""Rows of a ledger that have no picture."""

from collections import Counter
from collections.abc import Iterator

from toolchain.data.audit.finding import Finding
from toolchain.data.audit.material import Material
from toolchain.data.ledger import OK

SUMMARY = "rows of the ledger without a picture, by reason"


def look(material: Material) -> Iterator[Finding]:
    """Yield one finding for all of them, and whether their labels are those of the others."""
    collection = material.collection
    failed = [entry for entry in collection.entries if entry.status != OK]
    if failed:
        figures: dict[str, int | float | str] = dict(Counter(entry.status for entry in failed).most_common())
        for name in collection.categories:
            asked = [entry for entry in collection.entries if entry.labels.get(name)]
            gone = sum(entry.status != OK for entry in asked)
            figures[f"{name} lost"] = f"{gone / max(1, len(asked)):.1%}"
        yield Finding(
            check="not-fetched",
            severity="note",
            title="rows without a picture",
            pictures=len(failed),
            figures=figures,
            advice="If one category lost more than the others, what is left of it is a selection.",
        )
