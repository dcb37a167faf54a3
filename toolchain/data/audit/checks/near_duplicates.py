"""Pictures that look the same though their bytes differ, on the same side of a split."""

from collections.abc import Iterator

from toolchain.data.audit.finding import Finding
from toolchain.data.audit.material import Material, together

SUMMARY = "pictures that look the same: re-encoded, resized, mirrored, framed or slightly cut"


def look(material: Material) -> Iterator[Finding]:
    """Yield one finding for all pairs that are in the same split; those across splits are leaks."""
    splits = [entry.split for entry in material.entries]
    links = [(pair.first, pair.second) for pair in material.near if splits[pair.first] == splits[pair.second]]
    found = together(links, len(splits))
    if found:
        yield Finding(
            check="near-duplicates",
            severity="note",
            title="pictures look the same as others of their split",
            pictures=sum(map(len, found)),
            figures={"pairs": len(links), "clusters": len(found), "largest cluster": len(found[0])},
            examples=material.examples(found),
            advice="Count them as one when you say how many pictures there are; rct data split keeps them together.",
        )
