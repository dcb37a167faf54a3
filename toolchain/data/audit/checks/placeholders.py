"""Pictures that a server gives for a picture that it no longer has."""

from collections import Counter
from collections.abc import Iterator

from toolchain.data.audit.finding import Finding
from toolchain.data.audit.material import Material
from toolchain.data.fetching.placeholders import PLACEHOLDERS

SUMMARY = "known placeholders of servers that have no picture"


def look(material: Material) -> Iterator[Finding]:
    """Yield one finding for all of ``PLACEHOLDERS``."""
    digests = [digest.tobytes().hex() for digest in material.rows["md5"]]
    found = [place for place, digest in enumerate(digests) if digest in PLACEHOLDERS]
    if found:
        yield Finding(
            check="placeholders",
            severity="warning",
            title="a server's placeholder for a picture that is gone",
            pictures=len(found),
            figures=dict(Counter(PLACEHOLDERS[digests[place]] for place in found)),
            examples=material.examples([(place,) for place in found]),
            advice="Remove them: whatever they are labelled, they do not show it.",
        )
