"""Files that are no picture, or not a whole one."""

from collections.abc import Iterator

import numpy as np

from toolchain.data.audit.finding import Finding
from toolchain.data.audit.material import Material
from toolchain.data.fingerprints.fingerprint import DAMAGED, MISSING, NO_PICTURE, TRUNCATED

SUMMARY = "files that are missing, not a picture, truncated or damaged"

_TITLES = {
    MISSING: "the file is not there, or cannot be read",
    NO_PICTURE: "not a picture",
    TRUNCATED: "truncated: the end of the file is missing",
    DAMAGED: "damaged: it does not decode",
}


def look(material: Material) -> Iterator[Finding]:
    """Yield one finding for each kind of fault, with what such files are where that can be told."""
    for fault, title in _TITLES.items():
        places = np.flatnonzero(material.rows["fault"] == fault)
        if not len(places):
            continue
        reasons, counts = np.unique(material.rows["detail_of_fault"][places], return_counts=True)
        named = {
            reason.decode(errors="replace") or "unknown": int(n) for reason, n in zip(reasons, counts, strict=True)
        }
        most = dict(sorted(named.items(), key=lambda one: -one[1])[:5])
        yield Finding(
            check="unreadable",
            severity="warning",
            title=title,
            pictures=len(places),
            figures=most,
            examples=material.examples([(int(place),) for place in places]),
            advice="Remove them, or fetch them again.",
        )
