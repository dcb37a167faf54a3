"""Pictures of which nobody said what may be done with them."""

from collections import Counter
from collections.abc import Iterator

from toolchain.data.audit.finding import Finding
from toolchain.data.audit.material import Material

SUMMARY = "pictures without a licence"

_MOST = 20


def look(material: Material) -> Iterator[Finding]:
    """Yield a finding for pictures without a licence, by source, and a note of the licences that there are."""
    missing = [place for place, entry in enumerate(material.entries) if not entry.licence.strip()]
    if missing:
        yield Finding(
            check="licences",
            severity="warning",
            title="no licence is known",
            pictures=len(missing),
            figures=dict(Counter(material.entries[place].source for place in missing).most_common(_MOST)),
            examples=material.examples([(place,) for place in missing]),
            advice="Find out before you publish the pictures, or a classifier that learnt them.",
        )
    known = Counter(entry.licence for entry in material.entries if entry.licence.strip())
    if known:
        yield Finding(
            check="licences",
            severity="note",
            title="licences",
            pictures=known.total(),
            figures=dict(known.most_common(_MOST)),
            advice="Keep the ledger: it has author, licence and landing page of every picture.",
        )
