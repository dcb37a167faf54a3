"""Pictures that show nothing."""

from collections.abc import Iterator

import numpy as np

from toolchain.data.audit.finding import Finding
from toolchain.data.audit.material import Material
from toolchain.data.fingerprints.looks import FLAT

SUMMARY = "pictures of hardly more than one colour"


def look(material: Material) -> Iterator[Finding]:
    """Yield one finding for pictures whose grey levels hardly differ; near-duplicates are not looked for among them."""
    places = np.flatnonzero((material.rows["detail"] < FLAT) & (material.rows["fault"] == b""))
    if len(places):
        yield Finding(
            check="flat",
            severity="note",
            title="hardly more than one colour",
            pictures=len(places),
            examples=material.examples([(int(place),) for place in places]),
            advice="Look at them: placeholders are often plain.",
        )
